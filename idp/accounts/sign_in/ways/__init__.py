"""The ways in: which are allowed, and which to offer to whom."""
