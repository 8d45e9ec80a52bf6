"""Pages about domains of organizations."""
