"""From which network a client calls: its address behind proxies, and what users see.

They see the network and never the address. Without a map of the world there is nothing
better to say, and nothing worse to leak.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

from idp.core.context import Caller
from idp.core.randomness import new_jti

log = logging.getLogger("idp.proxies")

MAX_USER_AGENT = 512
IPV6_BITS = 32
SETTING = "IDP_TRUSTED_PROXIES"
SILENT_REQUESTS = 100  # of trusted proxies, whose own checks come for nobody


class Proxies:
    """The addresses whose X-Forwarded-For counts (security.md §7)."""

    def __init__(self, networks: tuple[str, ...]) -> None:
        self._networks: list[IPv4Network | IPv6Network] = list(
            map(ip_network, networks)
        )
        self._said: set[str] = set()
        self._silent = 0

    def trusts(self, address: str) -> bool:
        """Tell whether ``address`` is one of the configured proxies."""
        parsed = _address_in(address)
        return parsed is not None and self._trust(parsed)

    def client_address(self, peer: str | None, forwarded_for: str | None) -> str | None:
        """Return the address nearest to us that is no proxy of ours.

        The list is read from its end, because anyone can write its beginning. An IPv4
        address is the same however a socket of version six writes it.
        """
        nearest = _address_in(peer)
        if nearest is None:
            return peer
        trusted = self._trust(nearest)
        self._notice(nearest, trusted=trusted, forwarded=bool(forwarded_for))
        if not trusted or not forwarded_for:
            return str(nearest)
        for hop in reversed(forwarded_for.split(",")):
            found = _address_in(_without_port(hop.strip()))
            if found is None or not self._trust(found):
                return str(found or nearest)
        return str(nearest)

    def _trust(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._networks)

    def _notice(
        self, peer: IPv4Address | IPv6Address, *, trusted: bool, forwarded: bool
    ) -> None:
        """Say once what makes one address of all users: they share its limits.

        A stranger may write the header too, but not from a network that is private.
        """
        if not trusted and forwarded and peer.is_private:
            self._say("a proxy is not trusted: name it in the setting", peer)
        if trusted:
            self._silent = -1 if forwarded or self._silent < 0 else self._silent + 1
            if self._silent == SILENT_REQUESTS:
                self._say("a trusted proxy sends no X-Forwarded-For", peer)

    def _say(self, what: str, peer: IPv4Address | IPv6Address) -> None:
        if what not in self._said:
            self._said.add(what)
            log.warning(what, extra={"peer": str(peer), "setting": SETTING})

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


@lru_cache(1024)
def _address_in(text: str | None) -> IPv4Address | IPv6Address | None:
    """Return an IP address, one of version four as such; None when it is none."""
    with suppress(ValueError):
        address = ip_address(text or "")
        return getattr(address, "ipv4_mapped", None) or address
    return None


def _without_port(hop: str) -> str:
    """Return a hop without the port that some proxies add (RFC 7239 §6 has it so)."""
    if hop.startswith("["):
        address, closed, _port = hop[1:].partition("]")
        return address if closed else hop
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
