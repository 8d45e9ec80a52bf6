"""A relying party on the test client."""
