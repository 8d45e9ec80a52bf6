"""Tokens that users make for scripts of their own, for one registered API each."""
