"""Passkeys on pages: sign in with one, add and remove them."""
