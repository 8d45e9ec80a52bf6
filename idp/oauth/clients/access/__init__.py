"""Who may use a client, and the roles that it gives its users."""
