"""Registered clients (RFC 7591): find, change, declare them."""
