"""/account: a user's own account."""
