"""What some users may do here that others may not."""
