"""Scope values about users that operators define, and the claims that they open."""
