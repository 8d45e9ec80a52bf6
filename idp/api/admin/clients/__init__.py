"""Clients and their secrets, in JSON."""
