"""The OpenID Connect client: one issuer, one confidential client."""
