"""Who sent this request: address, browser, request id; read once."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from flask import Flask, Request, g, has_request_context, request

from idp.core.context import current, provide
from idp.core.log import request_id
from idp.core.server_settings import ServerSettings

MAX_USER_AGENT = 512


@dataclass(frozen=True)
class Caller:
    """The network side of a request; ``ip`` and ``user_agent`` are None in commands."""

    ip: str | None
    user_agent: str | None
    request_id: str


class Proxies:
    """The addresses whose X-Forwarded-For counts (security.md §7)."""

    def __init__(self, networks: tuple[str, ...]) -> None:
        self._networks: list[IPv4Network | IPv6Network] = list(
            map(ip_network, networks)
        )

    def trusts(self, address: str) -> bool:
        """Tell whether ``address`` is one of the configured proxies."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)

    def client_address(self, peer: str | None, forwarded_for: str | None) -> str | None:
        """Return the address nearest to us that is no proxy of ours.

        The list is read from its end, because anyone can write its beginning.
        """
        if peer is None or not forwarded_for or not self.trusts(peer):
            return peer
        for hop in reversed([hop.strip() for hop in forwarded_for.split(",")]):
            if not self.trusts(hop):
                return _valid_address(hop) or peer
        return peer


def caller() -> Caller:
    """Return the caller of the current request, or of no request in commands."""
    if not has_request_context():
        return Caller(ip=None, user_agent=None, request_id=request_id())
    found: Caller | None = g.get("caller")
    if found is None:
        found = g.caller = _read_caller(request)
    return found


def init_app(app: Flask) -> None:
    """Give the app its list of proxies."""
    server: ServerSettings = app.extensions["idp"][ServerSettings]
    provide(app, Proxies(server.trusted_proxies))


def _valid_address(text: str) -> str | None:
    """Return an IP address in its usual form, or None when ``text`` is none."""
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _read_caller(incoming: Request) -> Caller:
    """Read the caller from a request's peer, proxies and headers."""
    forwarded = incoming.headers.get("X-Forwarded-For")
    return Caller(
        ip=current(Proxies).client_address(incoming.remote_addr, forwarded),
        user_agent=incoming.user_agent.string[:MAX_USER_AGENT] or None,
        request_id=request_id(),
    )
