"""How connections to the database are kept, and how turns of the loop wait on them."""
