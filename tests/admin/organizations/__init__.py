"""/admin/orgs."""
