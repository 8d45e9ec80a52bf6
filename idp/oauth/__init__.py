"""The authorization server: clients, grants, tokens and keys (RFC 6749, OIDC Core)."""
