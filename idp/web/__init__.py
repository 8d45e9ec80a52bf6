"""The HTTP kit that every face shares; knows no slice."""
