"""The one adapter to Authlib: its server, and who calls."""
