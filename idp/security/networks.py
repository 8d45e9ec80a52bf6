"""Where a request came from, as people may see it: its network, never its address.

Without a map of the world there is nothing better to say, and nothing worse to leak.
"""

from ipaddress import ip_address, ip_network

IPV4_BITS = 16
IPV6_BITS = 32


def network_name(ip: str | None) -> str | None:
    """Return the coarse network of an address, like ``203.0.x.x``; None if unknown."""
    if ip is None:
        return None
    address = ip_address(ip)
    if address.version == 4:  # noqa: PLR2004 - the protocol's name
        first, second, *_ = ip.split(".")
        return f"{first}.{second}.x.x"
    return str(ip_network((address, IPV6_BITS), strict=False))
