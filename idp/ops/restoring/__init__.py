"""What follows when a database was put back to an earlier day."""
