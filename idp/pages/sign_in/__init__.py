"""Pages on the way in: sign in, sign up, confirm, recover."""
