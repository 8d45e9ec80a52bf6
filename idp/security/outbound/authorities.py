"""Which certificate authorities outgoing connections believe."""

import ssl
from functools import cached_property
from pathlib import Path


class Authorities:
    """The machine's authorities, and those of a file; read at first use."""

    def __init__(self, given: ssl.SSLContext | None, authorities: Path | None) -> None:
        self._given = given
        self._authorities = authorities

    @cached_property
    def context(self) -> ssl.SSLContext:
        """The client's side of TLS, which checks certificates and names."""
        if self._given is not None:
            return self._given
        context = ssl.create_default_context()
        if self._authorities is not None:
            context.load_verify_locations(self._authorities)
        return context
