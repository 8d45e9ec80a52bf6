"""How our pages look while they serve a client."""
