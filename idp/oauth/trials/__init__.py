"""Trying a client: a sign-in by an operator as the client would do it."""
