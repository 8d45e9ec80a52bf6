"""Signing out of clients: the request, who is told, and the notices (OIDC logout)."""
