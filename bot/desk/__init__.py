"""What happens to an ask, a list, a sheet, an escalation: each call is one transaction."""
