"""Groups of users: what clients read in the ``groups`` claim."""
