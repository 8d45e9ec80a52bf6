"""Passkeys and security keys (WebAuthn Level 3), as one who relies on them."""
