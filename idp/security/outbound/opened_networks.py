"""Private networks that the settings open, and what no setting opens (pure)."""

from collections.abc import Iterable
from ipaddress import (
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

from idp.security.outbound.public_addresses import read_address

Network = IPv4Network | IPv6Network

LOOPBACK6 = IPv6Address("::1")
# Wherever they lie: who reaches these may become the machine that this server runs on.
METADATA = (
    ip_network("168.63.129.16"),  # Azure's host, at a public address
    ip_network("192.0.0.192"),  # Oracle's former one
    ip_network("100.100.100.200"),  # Alibaba
    ip_network("fd00:ec2::/32"),  # AWS
    ip_network("fd20:ce::254"),  # Google
)
CLOSED: tuple[Network, ...] = (
    *METADATA,
    ip_network("0.0.0.0/8"),  # RFC 6890: this machine, by another name
    ip_network("169.254.0.0/16"),  # RFC 3927: link-local, with metadata services
    ip_network("224.0.0.0/4"),
    ip_network("240.0.0.0/4"),
    ip_network("::/96"),  # RFC 4291 §2.5.5: stand for IPv4 addresses
    ip_network("::ffff:0:0/96"),
    ip_network("64:ff9b::/96"),  # RFC 6052, RFC 8215: stand for them too
    ip_network("64:ff9b:1::/48"),
    ip_network("2001::/32"),  # Teredo
    ip_network("2002::/16"),  # 6to4
    ip_network("fe80::/10"),
    ip_network("ff00::/8"),
)


def read_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return networks that the settings name."""
    return tuple(ip_network(text) for text in texts)


def is_closed(network: Network) -> bool:
    """Tell whether nothing in a network can be opened."""
    if network.network_address == LOOPBACK6:
        return False
    return any(_contains(closed, network) for closed in CLOSED)


def is_opened(text: str, networks: Iterable[Network]) -> bool:
    """Tell whether an address, as a resolver writes it, lies in an opened network."""
    address = read_address(text)
    if address is None or is_closed(ip_network(address)):
        return False
    return any(address in network for network in networks)


def _contains(outer: Network, inner: Network) -> bool:
    """Tell whether one network is all within another; never of another version."""
    same = outer.version == inner.version
    return (
        same and inner.network_address in outer and inner.prefixlen >= outer.prefixlen
    )
