"""Policies: what operators decide about sign-up, sign-in and sessions, as rows."""
