"""By what a user proves who they are, and what that is worth."""
