"""Payloads in, deliveries out; people, channels and the connection."""
