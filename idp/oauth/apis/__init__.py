"""Resource servers: registered audiences of tokens, and their scopes (RFC 8707)."""
