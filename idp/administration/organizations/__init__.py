"""What is decided for organizations: by operators, and by their owners."""
