"""What the server tells Prometheus: counted by each process, summed when asked."""
