"""The demo app beside a development server: its clients, its port, its process."""

import logging
from functools import partial
from socket import socket
from urllib.parse import urlsplit

from werkzeug.serving import make_server

from idp.core.context import current
from idp.core.db import db
from idp.core.sealing import Keyring
from idp.core.settings.server import ServerSettings
from idp.demo.app import create_demo_app
from idp.demo.config import DemoConfig
from idp.demo.registrations import registrations
from idp.oauth.clients.declared import apply_client
from idp.ops.banner import Started
from idp.ops.processes.children import Companion
from idp.ops.processes.ports import PortTaken, listening_socket


def prepare_demo(server: ServerSettings, started: Started) -> list[Companion]:
    """Register the demo's clients and take its port: the one after the server's.

    A port that is taken is no reason not to start; the banner says so. So is an issuer
    on another machine, whose demo would need https of its own.
    """
    if not server.loopback_issuer:
        started.notes.append("No demo app: the issuer is not on this machine.")
        return []
    port = server.listen_port + 1
    try:
        listener = listening_socket(server.listen_host, port)
    except PortTaken as error:
        started.notes.append(f"No demo app: {error}")
        return []
    config = _demo_config(server, port)
    for client in registrations(config.base_url, config.web_client_secret):
        apply_client(client)
    db.session.commit()
    started.demo_url = config.base_url
    return [Companion("demo app", partial(_run_demo, config, listener))]


def _demo_config(server: ServerSettings, port: int) -> DemoConfig:
    """Return what the demo must know; its secrets follow from the server's."""
    keyring = current(Keyring)
    host = urlsplit(server.issuer).hostname or "localhost"
    return DemoConfig(
        issuer=server.issuer,
        base_url=f"http://{f'[{host}]' if ':' in host else host}:{port}",
        web_client_secret=keyring.mac("demo", "client secret"),
        cookie_secret=keyring.mac("demo", "cookie"),
    )


def _run_demo(config: DemoConfig, listener: socket) -> None:
    """Serve the demo app on a socket that listens already; SIGTERM ends it."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    host, port = listener.getsockname()[:2]
    app = create_demo_app(config)
    server = make_server(host, port, app, threaded=True, fd=listener.fileno())
    server.serve_forever()
