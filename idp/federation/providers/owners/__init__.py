"""Providers that are an organization's own, as they are set up."""
