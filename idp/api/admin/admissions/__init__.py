"""Who gets in: new accounts that wait, and the waitlist."""
