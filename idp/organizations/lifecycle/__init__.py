"""How organizations begin and end."""
