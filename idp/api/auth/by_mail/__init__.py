"""Signing in by mail, in JSON."""
