"""What a user says about themselves (OIDC Core §5.1)."""
