"""Two-step sign-in on pages: show a second factor, set one up, save recovery codes."""
