"""/logout."""
