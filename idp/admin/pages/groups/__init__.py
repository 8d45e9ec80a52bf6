"""Pages about groups of people, and about who may use an app."""
