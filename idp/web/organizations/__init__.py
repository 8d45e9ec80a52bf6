"""Pages about one organization: of its members, and of the console."""
