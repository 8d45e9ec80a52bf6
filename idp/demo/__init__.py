"""The demo app: two relying parties on their own origin, for development only.

It is a stranger to the server: it imports nothing of it, and reaches it only over
HTTP, by discovery and the endpoints that discovery names.
"""
