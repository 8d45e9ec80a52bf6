"""Signing in by an upstream provider: there, back, and what follows."""
