"""What the DNS says: text records, asked of the machine's name servers or of others."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from idp.core.context import about_to_wait
from idp.core.settings.declared import setting

if TYPE_CHECKING:
    from dns.resolver import Resolver

LIFETIME_SECONDS = 4.0
PORT = 53


def _check_servers(values: tuple[str, ...]) -> str | None:
    """Return which of ``values`` is no name server, or None."""
    return next((_problem(value) for value in values if _problem(value)), None)


@dataclass(frozen=True)
class DnsSettings:
    """Whom to ask for records of the DNS."""

    dns_servers: tuple[str, ...] = setting(
        (),
        check=_check_servers,
        doc="Name servers to ask for the records that prove whose a domain is, as "
        "`192.0.2.53` or `192.0.2.53:5353`, in place of those of the machine.",
    )


@dataclass(frozen=True)
class NoAnswer:
    """No name server gave an answer in time: nothing is known of the name."""


class Dns:
    """Asks name servers; one of these is shared by all threads."""

    def __init__(self, servers: tuple[str, ...] = ()) -> None:
        self._servers = tuple(map(_split, servers))

    def texts(self, name: str) -> tuple[str, ...] | NoAnswer:
        """Return the text records of a name, none where there are none.

        It takes four seconds at most. Call it with nothing written.
        """
        import dns.exception
        import dns.resolver

        about_to_wait()
        try:
            found = self._resolver().resolve(name, "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError):
            return NoAnswer()
        return tuple(
            b"".join(record.strings).decode("ascii", "replace") for record in found
        )

    def _resolver(self) -> "Resolver":
        """Return what asks; it keeps nothing, for who looks has just changed a record.

        Raises DNSException where the machine names no name server.
        """
        import dns.nameserver
        import dns.resolver

        resolver = dns.resolver.Resolver(configure=not self._servers)
        resolver.lifetime = LIFETIME_SECONDS
        if self._servers:
            resolver.nameservers = [
                dns.nameserver.Do53Nameserver(address, port)
                for address, port in self._servers
            ]
        return resolver


def _split(server: str) -> tuple[str, int]:
    """Return address and port of a name server."""
    if server.startswith("["):
        address, _, port = server[1:].partition("]")
        return address, int(port.removeprefix(":") or PORT)
    if server.count(":") == 1:
        address, _, port = server.partition(":")
        return address, int(port)
    return server, PORT


def _problem(server: str) -> str | None:
    """Say what is wrong with a name server, None if nothing is."""
    try:
        address, port = _split(server)
        ip_address(address)
    except ValueError:
        return f"{server!r} is no address like 192.0.2.53 or 192.0.2.53:5353"
    return None if 0 < port < 2**16 else f"{port} is no port"
