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

from idp.core.text import is_line, worded

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
PLACES = ("{dn}", "{login}")
DN = re.compile(r"[=@\\]")  # or a user principal name, or a down-level logon name
EXAMPLE_DN = "ou=people,dc=example,dc=com"
# Our names to those of inetOrgPerson (RFC 2798) and RFC 4530.
ATTRIBUTES: Mapping[str, str] = {
    "sub": "entryUUID",
    "email": "mail",
    "name": "cn",
    "given_name": "givenName",
    "family_name": "sn",
    "username": "uid",
}
# The same of Active Directory: [MS-ADA2], [MS-ADA3].
AD_ATTRIBUTES: Mapping[str, str] = {
    "sub": "objectGUID",
    "email": "mail",
    "name": "displayName",
    "given_name": "givenName",
    "family_name": "sn",
    "username": "sAMAccountName",
}
AD_USER_FILTER = (
    "(&(objectCategory=person)(objectClass=user)"
    "(|(sAMAccountName={login})(userPrincipalName={login})(mail={login})))"
)


def problems_of(
    said: Mapping[str, Any], *, may_be_plain: bool
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with what is said of a directory, by the member it is at."""
    yield from _wrong_members(said)
    for problem in _wrong_urls(str(said.get("url", "")).split()):
        yield "url", problem
    if said.get("tls", "") not in ("", PLAIN):
        yield "tls", worded("can be none alone")
    elif said.get("tls") == PLAIN and not may_be_plain:
        yield "tls", worded("must be left out: passwords would go without TLS")
    yield from _wrong_names(said)
    for name, places in (("user_filter", ("{login}",)), ("group_filter", PLACES)):
        if name in said:
            yield from _wrong_filter(name, str(said[name]), places=places)
    if said.get("ca") and not _is_authority(str(said["ca"])):
        yield "ca", worded("must be certificates in PEM")


def _wrong_members(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is missing, and what there is not."""
    for name in sorted(said.keys() - set(MEMBERS)):
        yield name, worded("not supported")
    for name in ("url", "base_dn"):
        if not said.get(name):
            yield name, worded("must be given")
    if said.get("unknown_logins", NO) not in (YES, NO):
        yield "unknown_logins", worded("must be true or false")


def _wrong_names(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield which names of entries are none."""
    for name in ("base_dn", "group_base_dn", "bind_dn"):
        if said.get(name) and not _is_name(str(said[name])):
            yield name, worded("must be a name like %(name)s", name=EXAMPLE_DN)


def _wrong_filter(
    name: str, query: str, *, places: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield why a text cannot be a filter that looks for what was typed."""
    balanced = query.count("(") == query.count(")")
    if len(query) > MAX_TEXT or not (balanced and FILTER.fullmatch(query)):
        yield name, worded("must be a filter in brackets (RFC 4515)")
    elif not any(place in query for place in places):
        yield name, worded("must have %(place)s in it", place=" / ".join(places))


def _wrong_urls(urls: list[str]) -> Iterator[str]:
    """Yield why no directory is at these addresses."""
    if len(urls) > MOST_SERVERS:
        yield worded("must be at most %(most)s", most=MOST_SERVERS)
    if not all(map(_is_url, urls)):
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


def _is_name(text: str) -> bool:
    """Tell whether a text can be the name of an entry (RFC 4514), or what AD takes."""
    return len(text) <= MAX_TEXT and is_line(text) and bool(DN.search(text))


def _is_authority(pem: str) -> bool:
    """Tell whether a text has certificates that can be believed."""
    if len(pem) > MAX_CA:
        return False
    try:
        ssl.create_default_context(cadata=pem)
    except (ssl.SSLError, ValueError):
        return False
    return True
