"""Providers: what operators have set up, and how it is found."""
