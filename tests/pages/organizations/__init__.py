"""/account/orgs."""
