"""What users tell of themselves, as pages ask for it."""
