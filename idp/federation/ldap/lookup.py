"""Asking a directory whether somebody is who they say (RFC 4513 §5.1.3).

As whom the operator named an entry is found, as its user the password is tried.
"""

import re
from collections.abc import Mapping

from idp.core.clock import utcnow
from idp.federation.ldap.asking import Asking, DirectoryStep, ask
from idp.federation.ldap.disabled import ATTRIBUTES as OF_DISABLED
from idp.federation.ldap.disabled import is_disabled
from idp.federation.ldap.entries import DirectoryEntry, is_sendable
from idp.federation.ldap.settings import Directory
from idp.federation.upstream.errors import UpstreamError

MOST_GROUPS = 1000
ONE_OR_MORE = 2  # of two entries none is meant
NOBODY = "nobody"
PLACE = re.compile(r"\{(login|dn)\}")


def verify(directory: Directory, *, login: str, password: str) -> DirectoryEntry | None:
    """Return the entry of a login if this is its password, None if it is not.

    Raises DirectoryFailed where the directory cannot say: call it before the first
    write. A login that is nobody's takes as many questions.
    """
    if not (password and is_sendable(password) and is_sendable(login)):
        return None

    def question(asking: Asking) -> DirectoryEntry | None:
        found = _find(asking, login)
        dn = found.dn if found else directory.base_dn
        fits = asking.connection.bind(dn, password)
        if found is None or not fits or is_disabled(found, now=utcnow()):
            return None
        return _with_groups(asking, found, login=login)

    return ask(directory, question)


def look_around(directory: Directory) -> None:
    """Do what each sign-in does until a password is tried; raises DirectoryFailed."""

    def question(asking: Asking) -> None:
        _search(asking, NOBODY)
        if directory.group_base_dn:
            _with_groups(asking, DirectoryEntry(directory.base_dn, {}), login=NOBODY)

    ask(directory, question)


def look_up(directory: Directory, login: str) -> DirectoryEntry:
    """Return the entry that a login means, with its groups; no password is tried.

    Raises DirectoryFailed, for a login that none or several have too.
    """

    def question(asking: Asking) -> DirectoryEntry:
        found = _search(asking, login) if is_sendable(login) else []
        if len(found) != 1:
            raise UpstreamError("many" if found else "none")
        if is_disabled(found[0], now=utcnow()):
            raise UpstreamError("disabled")
        return _with_groups(asking, found[0], login=login)

    return ask(directory, question)


def _find(asking: Asking, login: str) -> DirectoryEntry | None:
    """Return the one entry of a login."""
    found = _search(asking, login)
    return found[0] if len(found) == 1 else None


def _search(asking: Asking, login: str) -> list[DirectoryEntry]:
    """Return the entries that a login fits, two at most."""
    directory = asking.directory
    asking.bind()
    asking.step = DirectoryStep.SEARCH
    wanted = {*directory.attributes.values(), *OF_DISABLED}
    if directory.group_attribute and not directory.group_base_dn:
        wanted.add(directory.group_attribute)
    query = _filled(directory.user_filter, {"login": login})
    found = asking.connection.search(
        directory.base_dn, query, attributes=wanted, most=ONE_OR_MORE
    )
    return [DirectoryEntry(*each) for each in found]


def _with_groups(
    asking: Asking, entry: DirectoryEntry, *, login: str
) -> DirectoryEntry:
    """Return an entry with its groups: searched for, or listed by itself."""
    directory, named = asking.directory, asking.directory.group_attribute
    if named is None:
        return entry
    if not directory.group_base_dn:
        return DirectoryEntry(entry.dn, entry.attributes, entry.texts(named))
    asking.bind()
    asking.step = DirectoryStep.GROUPS
    query = _filled(directory.group_filter, {"login": login, "dn": entry.dn})
    found = asking.connection.search(
        directory.group_base_dn, query, attributes=[named], most=MOST_GROUPS
    )
    groups = (name for each in found for name in DirectoryEntry(*each).texts(named))
    return DirectoryEntry(entry.dn, entry.attributes, tuple(groups))


def _filled(query: str, known: Mapping[str, str]) -> str:
    """Return a filter for what is known; what was typed stays a value in it."""
    from idp.federation.ldap.wire import escaped

    return PLACE.sub(lambda found: escaped(known.get(found[1], "")), query)
