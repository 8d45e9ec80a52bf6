"""What the server's pages and mails would look like."""
