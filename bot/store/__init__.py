"""The tables, every statement on them, and one writer; audit, report and forgetting."""
