"""Customers' check sheets: pasted text, tables and files -> questions; filled in again."""
