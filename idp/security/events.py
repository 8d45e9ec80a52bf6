"""What the audit log can say: every event, with the outcomes it may have.

``OK`` and ``REFUSED`` events are rows, ``LINES`` are log lines alone: too frequent, or
from strangers. Those in ``TOLD`` are shown to the user they are about, in the words of
``web.activity``.
"""

from collections.abc import Mapping
from types import MappingProxyType

OK, REFUSED = frozenset({"ok"}), frozenset({"refused"})
BOTH = OK | REFUSED

EVENTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "account.exported": OK,
        "admin.action": BOTH,
        "client.auth.fail": REFUSED,
        "client.changed": OK,
        "client.created": OK,
        "client.deleted": OK,
        "client.secret.rotated": OK,
        "code.replayed": REFUSED,
        "consent.given": OK,
        "consent.revoked": OK,
        "csrf.rejected": REFUSED,
        "device.connected": BOTH,
        "email.change.requested": OK,
        "email.changed": OK,
        "email.verification.requested": OK,
        "email.verified": OK,
        "key.rotated": OK,
        "login.fail": REFUSED,
        "login.limited": REFUSED,
        "login.ok": OK,
        "logout": OK,
        "magic.requested": OK,
        "magic.used": OK,
        "password.changed": BOTH,
        "password.reset.done": OK,
        "password.reset.requested": OK,
        "profile.changed": OK,
        "redirect.rejected": REFUSED,
        "refresh.reused": REFUSED,
        "register": BOTH,
        "session.revoked": OK,
        "ssrf.blocked": REFUSED,
        "token.revoked": OK,
        "user.deleted": OK,
        "user.locked": OK,
    }
)
LINES = frozenset({"token.issued", "ssrf.blocked"})
TOLD = frozenset(
    {
        ("account.exported", "ok"),
        ("code.replayed", "refused"),
        ("consent.given", "ok"),
        ("consent.revoked", "ok"),
        ("device.connected", "ok"),
        ("device.connected", "refused"),
        ("email.change.requested", "ok"),
        ("email.changed", "ok"),
        ("email.verified", "ok"),
        ("login.fail", "refused"),
        ("login.limited", "refused"),
        ("login.ok", "ok"),
        ("logout", "ok"),
        ("magic.requested", "ok"),
        ("magic.used", "ok"),
        ("password.changed", "ok"),
        ("password.changed", "refused"),
        ("password.reset.done", "ok"),
        ("password.reset.requested", "ok"),
        ("profile.changed", "ok"),
        ("refresh.reused", "refused"),
        ("register", "ok"),
        ("session.revoked", "ok"),
        ("user.deleted", "ok"),
        ("user.locked", "ok"),
    }
)


class UnknownEvent(LookupError):
    """An event, or an outcome of one, that the list lacks: a bug."""
