"""Measures the protocol endpoints of a real server: ``python -m bench --help``."""
