"""The audit log, to look through and to take along."""
