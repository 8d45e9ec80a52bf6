"""Messages to people: composed here, queued with the write, delivered by a worker."""
