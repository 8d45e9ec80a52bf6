"""Deployments as operators have them: a pooler, fail-over. Run by ``make drills``."""
