"""What every request and answer goes through: hosts, headers, CORS, negotiation."""
