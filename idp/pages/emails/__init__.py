"""The addresses of an account on pages: which there are, and the proof of one."""
