"""Limits on tries: budgets, meters, counters (security.md §6)."""
