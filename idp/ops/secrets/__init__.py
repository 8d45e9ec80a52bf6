"""The secret of a server replaced by another, or lost."""
