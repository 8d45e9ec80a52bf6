"""Domains of organizations: whose they are, and who joins by an address there."""
