"""What an operator says of a directory: the member ``ldap`` of a provider (pure).

All values are texts, as in a seed file. ``url`` is one or more of ``ldaps://host`` and
``ldap://host``, which is asked in turn; the latter goes on by StartTLS (RFC 4511
§4.14), unless ``tls`` is ``none``, which is for this machine alone. ``ca`` has
certificate authorities in PEM, in place of all others. ``bind_dn`` is whom the
provider's secret is of; without it the search is anonymous.
"""

import re
import ssl
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from idp.core.text import worded

KIND = "ldap"
PORTS = {"ldap": 389, "ldaps": 636}
PLAIN = "none"
YES, NO = "true", "false"
USER_FILTER = "(&(objectClass=person)(|(uid={login})(mail={login})))"
GROUP_FILTER = "(member={dn})"
MEMBERS = (
    *("url", "tls", "ca", "bind_dn", "base_dn", "user_filter"),
    *("group_base_dn", "group_filter", "unknown_logins"),
)
MOST_SERVERS = 5
MAX_TEXT, MAX_CA = 1000, 100_000
FILTER = re.compile(r"\(.*\)")
# Our names to those of inetOrgPerson (RFC 2798) and RFC 4530.
ATTRIBUTES: Mapping[str, str] = {
    "sub": "entryUUID",
    "email": "mail",
    "name": "cn",
    "given_name": "givenName",
    "family_name": "sn",
    "username": "uid",
}


def problems_of(said: Mapping[str, Any], *, may_be_plain: bool) -> Iterator[str]:
    """Yield what is wrong with what is said of a directory."""
    yield from _wrong_members(said)
    yield from _wrong_urls(str(said.get("url", "")).split())
    if said.get("tls", "") not in ("", PLAIN):
        yield worded("can have tls as none alone")
    elif said.get("tls") == PLAIN and not may_be_plain:
        yield worded("must not send passwords without TLS")
    for name, wanted in (("user_filter", "{login}"), ("group_filter", "{")):
        if name in said and not _is_filter(str(said[name]), wanted):
            yield worded("has no filter (RFC 4515) in %(name)s", name=name)
    if said.get("ca") and not _is_authority(str(said["ca"])):
        yield worded("has no certificates in ca")


def _wrong_members(said: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is missing, and what there is not."""
    for name in sorted(said.keys() - set(MEMBERS)):
        yield worded("has no place for %(name)s", name=repr(name))
    for name in ("url", "base_dn"):
        if not said.get(name):
            yield worded("must say %(name)s", name=name)
    if said.get("unknown_logins", NO) not in (YES, NO):
        yield worded("must have unknown_logins as true or false")


def _wrong_urls(urls: list[str]) -> Iterator[str]:
    """Yield why no directory is at these addresses."""
    if len(urls) > MOST_SERVERS:
        yield worded("must be at most %(most)s", most=MOST_SERVERS)
    for url in urls:
        if not _is_url(url):
            yield worded("must have urls like ldaps://ldap.example.com")


def _is_url(url: str) -> bool:
    """Tell whether a URL names a server and nothing else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    alone = parts.path in ("", "/") and not (parts.query or parts.fragment)
    return (
        parts.scheme in PORTS
        and bool(parts.hostname)
        and port != 0
        and alone
        and "@" not in parts.netloc
        and url.isascii()
    )


def _is_filter(text: str, wanted: str) -> bool:
    """Tell whether a text can be a filter that looks for what was typed."""
    balanced = text.count("(") == text.count(")")
    fits = len(text) <= MAX_TEXT and bool(FILTER.fullmatch(text))
    return fits and balanced and wanted in text


def _is_authority(pem: str) -> bool:
    """Tell whether a text has certificates that can be believed."""
    if len(pem) > MAX_CA:
        return False
    try:
        ssl.create_default_context(cadata=pem)
    except (ssl.SSLError, ValueError):
        return False
    return True
