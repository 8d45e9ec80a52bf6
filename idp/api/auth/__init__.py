"""/auth: sign up, sign in, sign out, recover."""
