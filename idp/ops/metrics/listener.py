"""A listener of its own for ``/metrics``, in a process beside the web workers."""

import socket
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flask import Flask

from idp.core.context import service_of, services_of
from idp.ops.metrics.page import BEARER, TOKEN_NEEDED, may_read
from idp.ops.metrics.scrape import Exposition, Scrape
from idp.ops.metrics.settings import MetricsSettings

PATH = "/metrics"
SLOWEST_SECONDS = 10.0


def listen(app: Flask) -> None:
    """Answer until this process is told to end."""
    settings = service_of(app, MetricsSettings)
    if settings.address is None:
        raise LookupError("metrics have no listener")
    MetricsListener(settings.address, app).serve_forever()


class MetricsListener(ThreadingHTTPServer):
    """Listens on an address of IPv4 or IPv6."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], app: Flask) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, partial(_Answer, app))


class _Answer(BaseHTTPRequestHandler):
    """Answers one connection, which may have no more than one request."""

    timeout = SLOWEST_SECONDS

    def __init__(self, app: Flask, *connection: Any) -> None:
        self._app = app
        super().__init__(*connection)

    def do_GET(self) -> None:
        """Tell the numbers to whoever may read them."""
        if self.path.partition("?")[0] != PATH:
            self._send(_text(f"Ask {PATH}.\n", HTTPStatus.NOT_FOUND))
            return
        token = service_of(self._app, MetricsSettings).metrics_token
        sent = self.headers.get("Authorization", "")
        if token is not None and not may_read(sent, token=token):
            self._send(_text(TOKEN_NEEDED, HTTPStatus.UNAUTHORIZED))
            return
        accept = self.headers.get("Accept", "")
        scrape = service_of(self._app, Scrape)
        self._send(scrape.told(services_of(self._app), accept=accept))

    def version_string(self) -> str:
        """Tell nobody which Python answers."""
        return "idp"

    def log_message(self, *_about: Any) -> None:
        """Write no line for each answer."""

    def _send(self, told: Exposition) -> None:
        self.send_response(told.status)
        if told.status == HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", BEARER)
        self.send_header("Content-Type", told.content_type)
        self.send_header("Content-Length", str(len(told.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(told.body)


def _text(line: str, status: HTTPStatus) -> Exposition:
    return Exposition(line.encode(), "text/plain; charset=utf-8", status)
