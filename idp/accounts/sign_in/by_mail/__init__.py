"""Signing in by mail: a link and a code that work for who asked for them, once."""
