"""How the server receives requests: one loop, and threads for what takes time."""
