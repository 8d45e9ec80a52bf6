"""Directories that people sign in by: LDAP (RFC 4511) and Active Directory."""
