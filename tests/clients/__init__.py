"""Client libraries that others wrote, against the real server."""
