"""What a registration may hold (RFC 7591 §2)."""
