"""An ask, the escalation it becomes, what may happen next, and when the office works."""
