"""Logos of organizations: sent, or fetched from a link, and served from here."""
