"""What administers the server, in JSON."""
