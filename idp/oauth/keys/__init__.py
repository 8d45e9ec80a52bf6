"""Signing keys: made, rotated, published, used."""
