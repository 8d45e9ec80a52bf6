"""What a sign-in is worth: authentication context classes (OIDC Core §2, acr)."""

SINGLE_FACTOR = "aal1"  # one factor of any kind, NIST SP 800-63B §4.1
LEVELS = (SINGLE_FACTOR,)
