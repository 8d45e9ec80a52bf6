"""Which IP addresses belong to the public internet (pure)."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291 §2.4
CARRIES_IPV4 = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))  # Teredo, 6to4
NOT_PUBLIC = (
    ip_network("192.0.0.0/24"),  # RFC 6890: protocol assignments
    ip_network("192.88.99.0/24"),  # RFC 7526: the old 6to4 relays
    ip_network("3fff::/20"),  # RFC 9637: documentation
    ip_network("168.63.129.16"),  # Azure's metadata: a public address inside alone
    *CARRIES_IPV4,
)


def is_public(text: str) -> bool:
    """Tell whether an address, as a resolver writes it, may be fetched from.

    IPv6 must lie in the one block that is given out for global unicast: this leaves out
    IPv4-mapped and NAT64 addresses, which can stand for any IPv4 one.
    """
    address = read_address(text)
    if address is None or not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    return not any(address in network for network in NOT_PUBLIC)


def is_loopback(text: str) -> bool:
    """Tell whether an address is this machine's own, as written in RFC 6761 §6.3."""
    address = read_address(text)
    return address is not None and address.is_loopback


def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address, or None when ``text`` is none or names an interface."""
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None
