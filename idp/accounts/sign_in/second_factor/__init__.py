"""The second factor of a sign-in: shown, or asked for again."""
