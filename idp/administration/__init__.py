"""What operators do with the server as a whole."""
