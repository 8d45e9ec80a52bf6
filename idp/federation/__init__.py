"""Other providers: this server as the client of who signs people in elsewhere."""
