"""Addresses of users: whose one is, whether it can be had, which is the primary."""
