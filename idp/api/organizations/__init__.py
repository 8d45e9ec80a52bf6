"""/api/organizations: what people belong to, for members and for operators."""
