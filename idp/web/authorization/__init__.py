"""What faces share about authorization and logout requests."""
