"""Signing in, and what guards it."""
