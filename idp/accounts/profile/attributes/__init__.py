"""Fields that an operator gives to all users, and their values."""
