"""Pages of authorization requests: consent, devices."""
