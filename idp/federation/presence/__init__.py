"""Users of a directory: whether they are still there, and what follows if not."""
