"""Settings of a client's library, ready to paste."""
