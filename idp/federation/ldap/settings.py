"""A directory as it is asked: what an operator says of it, read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from idp.federation.ldap_members import (
    ATTRIBUTES,
    GROUP_FILTER,
    NO,
    PLAIN,
    PORTS,
    USER_FILTER,
    YES,
)
from idp.federation.providers.provider import Provider
from idp.federation.providers.secrets import open_secret
from idp.security.outbound.targets import HostPort


@dataclass(frozen=True)
class DirectoryServer:
    """One server of a directory, and whether TLS comes first, second or never."""

    where: HostPort
    secure: bool
    plain: bool


@dataclass(frozen=True)
class Directory:
    """A directory: where it is, as whom it is searched, and for what."""

    servers: tuple[DirectoryServer, ...]
    base_dn: str
    bind_dn: str = ""
    password: str = field(default="", repr=False)
    user_filter: str = USER_FILTER
    group_base_dn: str = ""
    group_filter: str = GROUP_FILTER
    ca: str = ""
    attributes: Mapping[str, str] = field(default_factory=lambda: ATTRIBUTES)
    group_attribute: str | None = None


def directory_of(provider: Provider) -> Directory:
    """Return the directory that a provider is; what is said of it was checked."""
    said = provider.ldap
    plain = said.get("tls") == PLAIN
    urls = str(said["url"]).split()
    return Directory(
        servers=tuple(_server(url, plain=plain) for url in urls),
        base_dn=said["base_dn"],
        bind_dn=said.get("bind_dn", ""),
        password=open_secret(provider) or "",
        user_filter=said.get("user_filter", USER_FILTER),
        group_base_dn=said.get("group_base_dn", ""),
        group_filter=said.get("group_filter", GROUP_FILTER),
        ca=said.get("ca", ""),
        attributes=provider.claims,
        group_attribute=provider.groups_claim,
    )


def takes_unknown(provider: Provider) -> bool:
    """Tell whether logins that are nobody's here are looked for in a directory."""
    return str(provider.ldap.get("unknown_logins", NO)) == YES


def _server(url: str, *, plain: bool) -> DirectoryServer:
    """Return the server of a URL that was checked."""
    parts = urlsplit(url)
    where = HostPort(parts.hostname or "", parts.port or PORTS[parts.scheme])
    secure = parts.scheme == "ldaps"
    return DirectoryServer(where, secure, plain and not secure)
