"""Disable, delete, export an account."""
