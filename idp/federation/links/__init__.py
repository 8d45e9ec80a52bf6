"""Links between accounts here and identities at upstream providers."""
