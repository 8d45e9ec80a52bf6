"""Processes of one server: web workers, the background worker, jobs."""
