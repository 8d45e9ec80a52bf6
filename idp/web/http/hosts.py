"""The Host rule: this server answers to its own names only (security.md §7)."""

import logging
from http import HTTPStatus

from flask import Flask, Request, redirect
from flask.globals import request_ctx
from werkzeug.wrappers import Response

from idp.core.context import provide, service_of
from idp.core.errors import FieldError, IdpError
from idp.core.settings.server import ServerSettings

log = logging.getLogger("idp.hosts")
MOST_TOLD = 20  # others are scanners'
LONGEST_NAME = 253  # RFC 1035 §2.3.4
SETTING = "IDP_HOST_ALIASES"
PROBES = ("/healthz", "/readyz", "/metrics")
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


class Misdirected(IdpError):
    """A request for a host that is not served here (RFC 9110 §15.5.20)."""

    code = "misdirected_request"
    status = HTTPStatus.MISDIRECTED_REQUEST
    title = "This server does not answer to that host name."

    def __init__(self, host: str = "", *, expected: str = "") -> None:
        """Name the host that was asked for, and what to do about it."""
        asked = f"\u201c{host[:LONGEST_NAME]}\u201d" if host else "no host at all"
        message = (
            f"This server is {expected} and was asked for {asked}. A proxy before it "
            f"has to pass Host on; another name of its own belongs in {SETTING}."
        )
        super().__init__([FieldError("Host", "not_served", message)])


class HostRule:
    """The app's names, as a Host header may spell them."""

    def __init__(self, server: ServerSettings) -> None:
        self._hosts = _known_hosts(server)
        self._expected = server.issuer_host
        self._told: set[str] = set()

    def serves(self, host: str) -> bool:
        """Tell whether ``host`` is one of ours; none was sent when it is empty.

        The log names another once: a proxy that sends its own name is found there.
        """
        if host in self._hosts or host.lower() in self._hosts:
            return True
        if host not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(host)
            names = {"expected": self._expected, "setting": SETTING}
            log.warning("host refused", extra={"host": host} | names)
        return False

    def refusal_of(self, host: str) -> Misdirected:
        """Return the refusal of a host that is not served."""
        return Misdirected(host, expected=self._expected)


def init_app(app: Flask) -> None:
    """Check the Host header of every request but the probes'."""
    server = service_of(app, ServerSettings)
    rule = HostRule(server)
    provide(app, rule)

    @app.before_request
    def check_host() -> Response | None:
        incoming = request_ctx.request
        if incoming.path in PROBES:
            return None
        # the host is empty when the header is missing or given twice
        if not rule.serves(incoming.host):
            raise rule.refusal_of(incoming.host)
        elsewhere = _canonical_url(server, incoming)
        return redirect(elsewhere) if elsewhere else None


def _known_hosts(server: ServerSettings) -> frozenset[str]:
    """Return the Host values to answer to, in lower case.

    A client may spell out the default port; behind a proxy that ends TLS, Werkzeug
    cannot know that it is the default and keeps it.
    """
    port = 443 if server.secure else 80
    hosts = {server.issuer_host, f"{server.issuer_host}:{port}", *server.host_aliases}
    if server.development and server.loopback_issuer:
        hosts |= {f"{name}:{server.listen_port}" for name in LOOPBACK_NAMES}
    return frozenset(host.lower() for host in hosts)


def _canonical_url(server: ServerSettings, incoming: Request) -> str | None:
    """Return where a page request under a loopback alias belongs, or None.

    Development only: cookies and passkeys belong to one name. An issuer that is an
    address is left alone.
    """
    if incoming.host == server.issuer_host or not incoming.host:
        return None
    if not (server.development and server.issuer_host.startswith("localhost")):
        return None
    accepts_html = "text/html" in incoming.headers.get("Accept", "")
    if incoming.method != "GET" or not accepts_html:
        return None
    return server.issuer + incoming.full_path.rstrip("?")
