"""Settings: declared by classes, read from text, checked at the start."""
