"""The pages of signing in by mail: asking, the code, and where the link leads."""
