"""Where the link of an invite leads, and what comes after."""
