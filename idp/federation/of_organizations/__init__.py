"""Providers that are an organization's own: what they may say, and of whom."""
