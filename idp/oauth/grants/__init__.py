"""Authlib grants that translate to our rules and decide nothing."""
