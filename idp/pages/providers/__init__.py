"""Signing in by other providers: sent there, back, and what is asked then."""
