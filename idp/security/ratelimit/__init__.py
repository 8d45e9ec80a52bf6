"""Limits on tries: budgets, counters, attempts (security.md §6)."""
