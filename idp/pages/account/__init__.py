"""/account: a user's own account, as pages."""
