"""The waitlist for new accounts: who asked for one, in order, and who is let in."""
