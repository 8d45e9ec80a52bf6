"""/api/organizations."""
