"""A single-page app behind a backend for frontend, and an API that it calls."""
