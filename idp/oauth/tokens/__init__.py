"""Codes and tokens: issued, spent, refreshed, revoked."""
