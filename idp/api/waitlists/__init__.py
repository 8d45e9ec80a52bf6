"""Waitlists of features, of the user who calls."""
