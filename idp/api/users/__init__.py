"""/api/users and /api/accounts: users, for those who look after them."""
