"""What outgoing requests may reach, and by which way."""

import ssl
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from idp.core.settings.declared import reason, setting
from idp.security.outbound.opened_networks import is_closed
from idp.security.outbound.proxy import proxy_problem


def _check_networks(values: tuple[str, ...]) -> str | None:
    """Return which of ``values`` cannot be opened, or None."""
    for value in values:
        try:
            network = ip_network(value)
        except ValueError:
            return f"{value!r} is no address or network like 10.0.0.0/8"
        if network.prefixlen == 0:
            return f"{value} would open every network"
        if is_closed(network):
            return f"{value} stays closed: it is link-local, metadata or no real host"
    return None


def _check_authorities(path: Path) -> str | None:
    """Return why a file names no certificate authorities, or None."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        return f"{path} has no certificates in PEM"
    except OSError as error:
        return f"cannot read {path}: {reason(error)}"
    return None


@dataclass(frozen=True)
class OutboundSettings:
    """What outgoing requests may reach."""

    allow_loopback_fetch: bool = setting(
        False,
        doc="Let requests to URLs that clients name reach this machine, and by http "
        "(development only).",
    )
    outbound_networks: tuple[str, ...] = setting(
        (),
        check=_check_networks,
        doc="Private networks like `10.20.0.0/16` where addresses may lie that "
        "operators have set: of providers, of keys and sign-out notices of clients. "
        "Link-local and metadata addresses stay closed.",
    )
    outbound_ca_file: Path | None = setting(
        None,
        check=_check_authorities,
        doc="Certificate authorities in PEM to believe besides those of the machine.",
    )
    outbound_proxy: str = setting(
        "",
        check=proxy_problem,
        secret=True,
        doc="The proxy for outgoing https, like `http://user:password@proxy:3128`. "
        "It is told addresses that were checked here, never names; "
        "`IDP_OUTBOUND_NETWORKS` are reached without it.",
    )
