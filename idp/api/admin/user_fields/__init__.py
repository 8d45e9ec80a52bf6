"""What may be said of users beyond the profile, and which scopes tell it to apps."""
