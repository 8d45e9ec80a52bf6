"""Passwords that leaked elsewhere, which attackers try first (NIST SP 800-63B-4)."""
