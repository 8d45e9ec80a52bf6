"""Challenges: proof that a request is not one of a flood (security.md §6)."""
