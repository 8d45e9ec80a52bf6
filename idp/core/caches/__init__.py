"""What processes keep of the database."""
