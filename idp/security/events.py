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


NOWHERE, LOGGED, STORED, TOLD = Kept
OUTCOMES: tuple[Outcome, ...] = ("ok", "refused")


ORGANIZATION_KEYS = ("organization", "organization_id")


@dataclass(frozen=True)
class EventType:
    """What is kept of an event that went well, of one refused; the keys of details.

    ``whom`` is the key of the user that it was done to.
    """

    ok: Kept = Kept.NOWHERE
    refused: Kept = Kept.NOWHERE
    details: tuple[str, ...] = ()
    whom: str = "subject"

    @property
    def organization(self) -> str:
        """Return the key of the organization that it concerns, empty for none."""
        return next((key for key in ORGANIZATION_KEYS if key in self.details), "")

    def kept(self, outcome: Outcome) -> Kept:
        """Return what is kept of an outcome."""
        return self.ok if outcome == "ok" else self.refused


WHERE = ("reason", "parameter", "redirect_uri", "post_logout_redirect_uri")
ENDS = ("session_id", "by", "all", "others", "reported")

EVENTS: Mapping[str, EventType] = MappingProxyType(
    {
        "account.exported": EventType(ok=TOLD),
        "account.switched": EventType(ok=TOLD, details=("session_id", "left")),
        "admin.action": EventType(
            ok=STORED,
            refused=STORED,
            details=("action", "subject", "before", "after", "path", "permission"),
        ),
        "api.changed": EventType(ok=STORED, details=("identifier", "before", "after")),
        "api.created": EventType(ok=STORED, details=("identifier", "after")),
        "api.deleted": EventType(ok=STORED, details=("identifier", "before")),
        "api_key.created": EventType(ok=STORED, details=("key_id", "after")),
        "api_key.revoked": EventType(ok=STORED, details=("key_id", "before")),
        "attribute.changed": EventType(
            ok=STORED, details=("attribute", "before", "after")
        ),
        "attribute.created": EventType(ok=STORED, details=("attribute", "after")),
        "attribute.deleted": EventType(
            ok=STORED, details=("attribute", "before", "values")
        ),
        "browser.trusted": EventType(ok=TOLD, details=("browser_id",)),
        "browser.untrusted": EventType(ok=TOLD, details=("browser_id",)),
        "client.access.refused": EventType(refused=STORED),
        "client.auth.fail": EventType(refused=STORED, details=("method", "reason")),
        "client.changed": EventType(ok=STORED, details=("changed", "before", "after")),
        "client.created": EventType(ok=STORED, details=("after",)),
        "client.deleted": EventType(ok=STORED),
        "client.secret.rotated": EventType(ok=STORED, details=("change",)),
        "client.trial.ended": EventType(ok=STORED),
        "client.tried": EventType(
            ok=STORED, refused=STORED, details=("scope", "error")
        ),
        "code.replayed": EventType(refused=TOLD),
        "consent.given": EventType(ok=TOLD, details=("scope", "declined")),
        "consent.revoked": EventType(ok=TOLD),
        "csrf.rejected": EventType(refused=STORED, details=("path",)),
        "delivery.replayed": EventType(
            ok=STORED, details=("delivery_id", "before", "after")
        ),
        "delivery.tested": EventType(ok=STORED, details=("after",)),
        "device.connected": EventType(ok=TOLD, refused=TOLD),
        "email.address.added": EventType(ok=TOLD, details=("address_id",)),
        "email.address.removed": EventType(ok=TOLD, details=("address_id",)),
        "email.address.requested": EventType(ok=TOLD, details=("address_id",)),
        "email.change.requested": EventType(ok=TOLD),
        "email.changed": EventType(ok=TOLD, details=("undone",)),
        "email.verification.requested": EventType(ok=STORED),
        "email.verified": EventType(ok=TOLD),
        "email_code.used": EventType(refused=TOLD),
        "factor.locked": EventType(ok=TOLD, details=("method",)),
        "factor.reset": EventType(ok=TOLD, details=("by", "before", "after")),
        "group.changed": EventType(ok=STORED, details=("group", "before", "after")),
        "group.created": EventType(ok=STORED, details=("group", "after")),
        "group.deleted": EventType(ok=STORED, details=("group", "before")),
        "group.member.added": EventType(
            ok=STORED, details=("group", "member"), whom="member"
        ),
        "group.member.removed": EventType(
            ok=STORED, details=("group", "member"), whom="member"
        ),
        "invite.accepted": EventType(ok=TOLD, details=("invite_id", "organization_id")),
        "invite.created": EventType(
            ok=STORED, details=("invite_id", "organization_id", "after")
        ),
        "invite.declined": EventType(
            ok=STORED, details=("invite_id", "organization_id")
        ),
        "invite.resent": EventType(
            ok=STORED, details=("invite_id", "organization_id", "after")
        ),
        "invite.withdrawn": EventType(
            ok=STORED, details=("invite_id", "organization_id", "before")
        ),
        "key.revoked": EventType(ok=STORED, details=("kid", "algorithm", "after")),
        "key.rotated": EventType(
            ok=STORED, details=("kid", "algorithm", "before", "after")
        ),
        "login.fail": EventType(refused=TOLD, details=("again", "method")),
        "login.limited": EventType(refused=TOLD),
        "login.ok": EventType(ok=TOLD, details=("session_id", "again")),
        "logout": EventType(ok=TOLD, details=("session_id",)),
        "mail.dropped": EventType(ok=STORED, details=("mail_id", "before", "after")),
        "mail.resent": EventType(ok=STORED, details=("mail_id", "before", "after")),
        "magic.requested": EventType(ok=TOLD, details=("by",)),
        "magic.used": EventType(ok=TOLD, details=("session_id",)),
        "member.added": EventType(
            ok=STORED, details=("organization", "member", "after"), whom="member"
        ),
        "member.left": EventType(
            ok=STORED, details=("organization", "member", "before"), whom="member"
        ),
        "member.removed": EventType(
            ok=STORED, details=("organization", "member", "before"), whom="member"
        ),
        "member.role_changed": EventType(
            ok=STORED,
            details=("organization", "member", "provider", "before", "after"),
            whom="member",
        ),
        "organization.created": EventType(
            ok=STORED, details=("organization", "member", "after"), whom="member"
        ),
        "organization.deleted": EventType(
            ok=STORED, details=("organization", "stage", "before")
        ),
        "organization.domain.changed": EventType(
            ok=STORED,
            details=("organization", "domain", "method", "reason", "before", "after"),
        ),
        "organization.entered": EventType(
            ok=TOLD, details=("session_id", "organization_id")
        ),
        "organization.role.changed": EventType(
            ok=STORED, details=("organization", "role", "before", "after")
        ),
        "organization.updated": EventType(
            ok=STORED, details=("organization", "before", "after")
        ),
        "passkey.added": EventType(ok=TOLD, details=("passkey_id", "name", "undone")),
        "passkey.refused": EventType(refused=TOLD),
        "passkey.removed": EventType(ok=TOLD, details=("passkey_id", "name", "undone")),
        "password.changed": EventType(ok=TOLD, refused=TOLD, details=("by",)),
        "password.removed": EventType(ok=TOLD),
        "password.leaked": EventType(ok=TOLD),
        "password.reset.done": EventType(ok=TOLD),
        "password.reset.requested": EventType(ok=TOLD, details=("by",)),
        "branding.changed": EventType(ok=STORED, details=("before", "after")),
        "policy.changed": EventType(
            ok=STORED,
            details=("scope", "scope_id", "organization", "key", "before", "after"),
        ),
        "profile.changed": EventType(ok=TOLD, details=("fields", "by")),
        "provider.changed": EventType(
            ok=STORED, details=("provider", "before", "after")
        ),
        "provider.created": EventType(ok=STORED, details=("provider", "after")),
        "provider.deleted": EventType(ok=STORED, details=("provider", "before")),
        "provider.tested": EventType(ok=STORED, details=("provider", "after")),
        "provider.linked": EventType(ok=TOLD, details=("provider", "by", "undone")),
        "provider.login": EventType(ok=TOLD, details=("provider", "session_id")),
        "provider.refused": EventType(refused=TOLD, details=("provider", "reason")),
        "provider.unlinked": EventType(ok=TOLD, details=("provider", "by", "undone")),
        "recovery.made": EventType(ok=TOLD),
        "recovery.used": EventType(ok=TOLD, refused=TOLD),
        "redirect.rejected": EventType(refused=STORED, details=WHERE),
        "refresh.ahead": EventType(refused=STORED, details=("reason",)),
        "refresh.reused": EventType(refused=TOLD, details=("reason",)),
        "register": EventType(ok=TOLD, refused=STORED, details=("by",)),
        "registration.approved": EventType(ok=TOLD, details=("by",)),
        "registration.declined": EventType(ok=STORED, details=("by", "stage")),
        "scope.changed": EventType(
            ok=STORED, details=("scope_name", "before", "after")
        ),
        "scope.created": EventType(ok=STORED, details=("scope_name", "after")),
        "scope.deleted": EventType(ok=STORED, details=("scope_name", "before")),
        "restore.revoked": EventType(ok=STORED, details=("after",)),
        "secret.recovered": EventType(ok=STORED, details=("after",)),
        "secret.resealed": EventType(ok=STORED, details=("after",)),
        "session.revoked": EventType(ok=TOLD, details=ENDS),
        "ssrf.blocked": EventType(refused=STORED, details=("host", "member")),
        "terms.accepted": EventType(ok=TOLD, details=("document", "version")),
        "token.created": EventType(ok=TOLD, details=("token_id", "after")),
        "token.issued": EventType(ok=LOGGED, details=("grant",)),
        "token.revoked": EventType(
            ok=STORED, details=("by", "all", "kind", "token_id", "before")
        ),
        "totp.added": EventType(ok=TOLD, refused=TOLD, details=("undone",)),
        "totp.removed": EventType(ok=TOLD, details=("undone",)),
        "totp.used": EventType(refused=TOLD),
        "registration.place.admitted": EventType(ok=STORED, details=("by", "place_id")),
        "registration.place.confirmed": EventType(ok=STORED),
        "registration.place.left": EventType(ok=STORED),
        "registration.place.removed": EventType(ok=STORED, details=("by", "place_id")),
        "user.deleted": EventType(ok=TOLD, details=("by", "stage")),
        "user.locked": EventType(ok=TOLD, details=("by", "lifted")),
        "waitlist.removed": EventType(
            ok=STORED, details=("organization", "member", "before"), whom="member"
        ),
    }
)


class UnlistedEvent(LookupError):
    """An event, an outcome or a detail of one that ``EVENTS`` lacks: a bug."""


def told() -> list[tuple[str, Outcome]]:
    """Return the events, with their outcomes, that are shown to users."""
    return [
        (name, outcome)
        for name, event in EVENTS.items()
        for outcome in OUTCOMES
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
