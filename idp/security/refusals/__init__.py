"""Why requests were refused, kept for whoever looks a reference up (ADR 14)."""
