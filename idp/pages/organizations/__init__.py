"""The organizations that somebody belongs to, on pages of their account."""
