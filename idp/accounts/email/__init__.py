"""Addresses of users: confirm, change, take back."""
