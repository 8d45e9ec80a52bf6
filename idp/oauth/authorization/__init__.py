"""Authorization requests: read, checked, decided, kept while they wait."""
