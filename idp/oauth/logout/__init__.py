"""Signing out of apps: the request, who is told, and the notices (OIDC logout)."""
