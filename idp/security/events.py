"""What the audit log can say: every event, and what becomes of it by its outcome.

A name is never changed: rows and the operator's tools have it (security.md §11). The
words for what users are told are in ``web.activity``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Literal

Outcome = Literal["ok", "refused"]


class Kept(IntEnum):
    """Where an outcome of an event is found."""

    NOWHERE = 0  # there is no such outcome
    LOGGED = 1  # a log line alone: too frequent for rows
    STORED = 2  # a row as well
    TOLD = 3  # a row that is shown to the user it is about


LOGGED, STORED, TOLD = Kept.LOGGED, Kept.STORED, Kept.TOLD


@dataclass(frozen=True)
class Event:
    """What is kept of an event that went well, of one refused; the keys of details."""

    ok: Kept = Kept.NOWHERE
    refused: Kept = Kept.NOWHERE
    details: tuple[str, ...] = ()

    def kept(self, outcome: Outcome) -> Kept:
        """Return what is kept of an outcome."""
        return self.ok if outcome == "ok" else self.refused


WHERE = ("reason", "parameter", "redirect_uri", "post_logout_redirect_uri")
ENDS = ("session_id", "by", "all", "others", "reported")

EVENTS: Mapping[str, Event] = MappingProxyType(
    {
        "account.exported": Event(ok=TOLD),
        "admin.action": Event(
            ok=STORED,
            refused=STORED,
            details=("action", "subject", "before", "after", "path", "permission"),
        ),
        "api.changed": Event(ok=STORED, details=("identifier",)),
        "api.created": Event(ok=STORED, details=("identifier",)),
        "api.deleted": Event(ok=STORED, details=("identifier",)),
        "api_key.created": Event(ok=STORED, details=("key_id", "after")),
        "api_key.revoked": Event(ok=STORED, details=("key_id", "before")),
        "client.access.refused": Event(refused=STORED),
        "client.auth.fail": Event(refused=STORED, details=("method", "reason")),
        "client.changed": Event(ok=STORED, details=("changed", "before", "after")),
        "client.created": Event(ok=STORED),
        "client.deleted": Event(ok=STORED),
        "client.secret.rotated": Event(ok=STORED, details=("change",)),
        "code.replayed": Event(refused=TOLD),
        "consent.given": Event(ok=TOLD, details=("scope", "declined")),
        "consent.revoked": Event(ok=TOLD),
        "csrf.rejected": Event(refused=STORED, details=("path",)),
        "device.connected": Event(ok=TOLD, refused=TOLD),
        "email.change.requested": Event(ok=TOLD),
        "email.changed": Event(ok=TOLD, details=("undone",)),
        "email.verification.requested": Event(ok=STORED),
        "email.verified": Event(ok=TOLD),
        "group.changed": Event(ok=STORED, details=("group", "before", "after")),
        "group.created": Event(ok=STORED, details=("group", "after")),
        "group.deleted": Event(ok=STORED, details=("group", "before")),
        "group.member.added": Event(ok=STORED, details=("group", "member")),
        "group.member.removed": Event(ok=STORED, details=("group", "member")),
        "key.rotated": Event(ok=STORED, details=("kid", "algorithm")),
        "login.fail": Event(refused=TOLD, details=("again", "method")),
        "login.limited": Event(refused=TOLD),
        "login.ok": Event(ok=TOLD, details=("session_id", "again")),
        "logout": Event(ok=TOLD, details=("session_id",)),
        "magic.requested": Event(ok=TOLD, details=("by",)),
        "magic.used": Event(ok=TOLD, details=("session_id",)),
        "password.changed": Event(ok=TOLD, refused=TOLD, details=("by",)),
        "password.reset.done": Event(ok=TOLD),
        "password.reset.requested": Event(ok=TOLD, details=("by",)),
        "policy.changed": Event(
            ok=STORED, details=("scope", "scope_id", "key", "before", "after")
        ),
        "profile.changed": Event(ok=TOLD, details=("fields",)),
        "redirect.rejected": Event(refused=STORED, details=WHERE),
        "refresh.reused": Event(refused=TOLD, details=("reason",)),
        "register": Event(ok=TOLD, refused=STORED, details=("by",)),
        "session.revoked": Event(ok=TOLD, details=ENDS),
        "ssrf.blocked": Event(refused=STORED, details=("host", "member")),
        "token.issued": Event(ok=LOGGED),
        "token.revoked": Event(ok=STORED, details=("by", "all", "kind")),
        "user.deleted": Event(ok=TOLD, details=("by", "stage")),
        "user.locked": Event(ok=TOLD, details=("by", "lifted")),
    }
)


class UnlistedEvent(LookupError):
    """An event, an outcome or a detail of one that ``EVENTS`` lacks: a bug."""


def told() -> list[tuple[str, Outcome]]:
    """Return the events, with their outcomes, that are shown to users."""
    outcomes: tuple[Outcome, ...] = ("ok", "refused")
    return [
        (name, outcome)
        for name, event in EVENTS.items()
        for outcome in outcomes
        if event.kept(outcome) is TOLD
    ]


def refuse_unlisted(
    name: str, outcome: Outcome, *, details: Iterable[str], least: Kept
) -> None:
    """Raise UnlistedEvent for what ``EVENTS`` does not allow to be kept so."""
    event = EVENTS.get(name)
    if event is None or event.kept(outcome) < least:
        raise UnlistedEvent(name, outcome)
    if not set(details) <= set(event.details):
        raise UnlistedEvent(name, *details)
