"""Signing out here and at a provider: each tells the other."""
