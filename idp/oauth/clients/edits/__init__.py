"""A client as a whole: how it stands, and changing parts of it."""
