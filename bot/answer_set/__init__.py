"""What is curated: items with their numbers, read from YAML with every problem, amended, and written back."""
