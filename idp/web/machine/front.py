"""The WSGI layer where each request begins its unit of work."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from idp.core.context import begin, services_of
from idp.core.db import end_unit
from idp.security.caller import Proxies

StartResponse = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class Front:
    """Reads who calls, before anything else may ask."""

    def __init__(self, inside: Wsgi, *, app: Flask, proxies: Proxies) -> None:
        self._inside = inside
        self._services = services_of(app)
        self._proxies = proxies

    def __call__(
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer by the app inside."""
        unit = begin(self._services, caller=self._proxies.read_caller(environ))
        try:
            return self._inside(environ, start_response)
        finally:
            end_unit(unit)
