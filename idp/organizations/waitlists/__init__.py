"""Who waits for a feature: one list for each, which users sign up to themselves."""
