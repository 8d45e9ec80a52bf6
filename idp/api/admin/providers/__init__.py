"""Other providers that sign people in, in JSON."""
