"""What the server is called and how it looks, given by operators."""
