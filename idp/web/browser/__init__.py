"""What tells browsers apart: cookies, sessions, CSRF tokens."""
