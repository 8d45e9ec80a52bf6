"""The only HTTP client of the server (security.md §8)."""
