"""Passwords: the policy, change and reset."""
