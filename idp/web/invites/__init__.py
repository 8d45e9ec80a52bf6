"""Pages that invite: of the console, and of organizations."""
