"""Calls of the page that are passed on to APIs, with an access token."""
