"""One grant, one function: ``exchange(request, client)`` returns tokens or refuses."""
