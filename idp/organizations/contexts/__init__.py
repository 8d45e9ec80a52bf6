"""In the context of which organization a user acts, and what they do there."""
