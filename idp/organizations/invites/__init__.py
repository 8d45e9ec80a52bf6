"""Invites: into an organization, or to the server alone."""
