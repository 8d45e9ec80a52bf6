"""Asking a directory for users that are known by their subject, not by a login."""

from collections.abc import Collection, Mapping

from idp.core.clock import utcnow
from idp.federation.ldap.asking import Asking, DirectoryStep, ask
from idp.federation.ldap.disabled import ATTRIBUTES as OF_DISABLED
from idp.federation.ldap.disabled import is_disabled
from idp.federation.ldap.entries import DirectoryEntry, is_sendable, octets_of
from idp.federation.ldap.settings import Directory

ANYBODY = "(objectClass=*)"
PLACE = "{login}"
MATCHED_BY_RULE = f":={PLACE}"  # RFC 4515 §3: there a star is no wildcard


def find_by_subjects(
    directory: Directory, subjects: Collection[str]
) -> Mapping[str, DirectoryEntry]:
    """Return the entries of those subjects that are there, among who may sign in.

    They are by their subject in small letters.

    Raises DirectoryFailed, also for a directory that shows nobody at all: who asks may
    see nothing there, or it is empty for the moment.
    """

    def question(asking: Asking) -> Mapping[str, DirectoryEntry]:
        asking.bind()
        asking.step = DirectoryStep.SEARCH
        found = _search(asking, subjects)
        if not found:
            asking.require_anybody(_everybody(directory))
        claim = directory.attributes["sub"]
        return {
            text.casefold(): entry for entry in found for text in entry.texts(claim)[:1]
        }

    return ask(directory, question)


def verify_subject(
    directory: Directory, subject: str, *, password: str
) -> DirectoryEntry | None:
    """Return the entry of a subject if this is its password; None if it is not.

    Raises DirectoryFailed. One without an entry takes as many questions.
    """
    if not (password and is_sendable(password)):
        return None

    def question(asking: Asking) -> DirectoryEntry | None:
        asking.bind()
        asking.step = DirectoryStep.SEARCH
        found = _search(asking, [subject])
        entry = found[0] if len(found) == 1 else None
        dn = entry.dn if entry else directory.base_dn
        fits = asking.connection.bind(dn, password)
        if entry is None or not fits or is_disabled(entry, now=utcnow()):
            return None
        return entry

    return ask(directory, question)


def _search(asking: Asking, subjects: Collection[str]) -> list[DirectoryEntry]:
    """Return the entries of some subjects, in any order."""
    directory = asking.directory
    claim = directory.attributes["sub"]
    query = _any_of(claim, subjects)
    if not query:
        return []
    found = asking.connection.search_all(
        directory.base_dn,
        f"(&{query}{_everybody(directory)})",
        attributes=[claim, *OF_DISABLED],
    )
    return [DirectoryEntry(*each) for each in found]


def _any_of(claim: str, subjects: Collection[str]) -> str:
    """Return a filter for entries with any of these subjects."""
    octets = (octets_of(claim, subject) for subject in subjects)
    tests = "".join(f"({claim}={_escaped(each)})" for each in octets if each)
    return f"(|{tests})" if tests else ""


def _everybody(directory: Directory) -> str:
    """Return a filter for all whom a login can mean."""
    query = directory.user_filter
    if MATCHED_BY_RULE in query.replace(" ", ""):
        return ANYBODY
    return query.replace(PLACE, "*")


def _escaped(octets: bytes) -> str:
    """Return octets as they stand in a filter for themselves (RFC 4515 §3)."""
    return "".join(f"\\{octet:02x}" for octet in octets)
