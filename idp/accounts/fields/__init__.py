"""Which fields policies and attributes ask of users, and what a user lacks of them."""
