"""Who calls, by cookie or by token, and what they may do."""
