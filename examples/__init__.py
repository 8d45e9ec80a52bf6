"""Small apps that show how to use this server."""
