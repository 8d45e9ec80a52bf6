"""/api/auth/external: other providers, for single-page front ends."""
