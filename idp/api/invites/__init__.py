"""Invites in JSON: to the server, into organizations, and their answers."""
