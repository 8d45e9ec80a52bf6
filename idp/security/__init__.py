"""What every face needs to be safe: who calls, CSRF, headers, limits, the audit log."""
