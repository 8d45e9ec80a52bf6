"""From which network a client calls: its address behind proxies, and what users see.

They see the network and never the address. Without a map of the world there is nothing
better to say, and nothing worse to leak.
"""

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from idp.core.context import Caller
from idp.core.randomness import new_jti

MAX_USER_AGENT = 512
IPV6_BITS = 32


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

    def read_caller(self, environ: Mapping[str, Any]) -> Caller:
        """Return who sent a request, from its WSGI environment."""
        return self.caller(
            environ.get("REMOTE_ADDR"),
            forwarded_for=environ.get("HTTP_X_FORWARDED_FOR"),
            user_agent=environ.get("HTTP_USER_AGENT"),
        )

    def caller(
        self, peer: str | None, *, forwarded_for: str | None, user_agent: str | None
    ) -> Caller:
        """Return who sent a request that ``peer`` passed to us; it gets an id."""
        return Caller(
            self.client_address(peer, forwarded_for),
            (user_agent or "")[:MAX_USER_AGENT] or None,
            new_jti(),
        )


def network_name(ip: str | None) -> str | None:
    """Return the coarse network of an address, like ``203.0.x.x``; None if unknown."""
    if ip is None:
        return None
    address = ip_address(ip)
    if address.version == 4:  # noqa: PLR2004 - the protocol's name
        first, second, *_ = ip.split(".")
        return f"{first}.{second}.x.x"
    return str(ip_network((address, IPV6_BITS), strict=False))


def _valid_address(text: str) -> str | None:
    """Return an IP address in its usual form, or None when ``text`` is none."""
    try:
        return str(ip_address(text))
    except ValueError:
        return None
