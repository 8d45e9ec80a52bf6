"""What happened to an account, in its owner's words (security.md §11)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext
from sqlalchemy import select, tuple_

from idp.core.clock import utcnow
from idp.core.db import db
from idp.security.models import AuditEvent
from idp.security.networks import network_name
from idp.security.user_agent import browser_name
from idp.web.json.paging import Page, PageQuery, Position, page_of

SHOWN_FOR = timedelta(days=90)
# What is said of an event that went well, and of one that was refused.
WORDS = {
    ("register", "ok"): lazy_gettext("Account created"),
    ("login.ok", "ok"): lazy_gettext("Signed in"),
    ("login.fail", "refused"): lazy_gettext("Sign-in with a wrong password"),
    ("login.limited", "refused"): lazy_gettext("Too many sign-in tries; paused"),
    ("logout", "ok"): lazy_gettext("Signed out"),
    ("session.revoked", "ok"): lazy_gettext("A device was signed out"),
    ("email.verified", "ok"): lazy_gettext("Email address confirmed"),
    ("email.change.requested", "ok"): lazy_gettext("Change of email address started"),
    ("email.changed", "ok"): lazy_gettext("Email address changed"),
    ("password.changed", "ok"): lazy_gettext("Password changed"),
    ("password.changed", "refused"): lazy_gettext(
        "Password change with a wrong password"
    ),
    ("password.reset.requested", "ok"): lazy_gettext("Password reset asked for"),
    ("password.reset.done", "ok"): lazy_gettext("Password reset"),
    ("profile.changed", "ok"): lazy_gettext("Profile changed"),
    ("magic.requested", "ok"): lazy_gettext("Sign-in link asked for"),
    ("magic.used", "ok"): lazy_gettext("Signed in with a link"),
    ("mfa.added", "ok"): lazy_gettext("Second step added"),
    ("mfa.removed", "ok"): lazy_gettext("Second step removed"),
    ("mfa.fail", "refused"): lazy_gettext("Wrong code at the second step"),
    ("recovery.used", "ok"): lazy_gettext("Recovery code used"),
    ("consent.given", "ok"): lazy_gettext("Access given to an app"),
    ("consent.revoked", "ok"): lazy_gettext("Access taken from an app"),
    ("device.connected", "ok"): lazy_gettext("A device was connected"),
    ("device.connected", "refused"): lazy_gettext("A device was turned away"),
    ("code.replayed", "refused"): lazy_gettext(
        "An app’s sign-in was used twice and has been ended"
    ),
    ("refresh.reused", "refused"): lazy_gettext(
        "An app’s token was used twice and has been ended"
    ),
    ("account.exported", "ok"): lazy_gettext("Data exported"),
    ("user.deleted", "ok"): lazy_gettext("Account deletion"),
    ("user.locked", "ok"): lazy_gettext("Account locked"),
}
# The same event, told apart by what its row says besides.
VARIANTS = {
    "login.ok": (("again", True, lazy_gettext("Confirmed it’s you")),),
    "email.changed": (
        ("undone", True, lazy_gettext("Change of email address undone")),
    ),
    "session.revoked": (
        ("others", True, lazy_gettext("All other devices signed out")),
        ("all", True, lazy_gettext("All devices signed out")),
    ),
    "user.locked": (("lifted", True, lazy_gettext("Account unlocked")),),
    "user.deleted": (
        ("stage", "scheduled", lazy_gettext("Account deletion asked for")),
        ("stage", "undone", lazy_gettext("Account deletion undone")),
    ),
}


@dataclass(frozen=True)
class Activity:
    """One event: a stable name, words for people, when and from where."""

    id: str
    event: str
    words: str
    outcome: str
    occurred_at: datetime
    browser: str | None
    network: str | None
    client_id: str | None


def list_activity(user_id: str, query: PageQuery) -> Page[Activity]:
    """Return one page of a person's last ninety days, the newest first."""
    of = f"activity:{user_id}"
    wanted = (
        select(AuditEvent)
        .where(AuditEvent.user_id == user_id)
        .where(AuditEvent.occurred_at > utcnow() - SHOWN_FOR)
        .where(tuple_(AuditEvent.event, AuditEvent.outcome).in_(WORDS))
    )
    after = query.after(of)
    if after:
        occurred_at, event_id = datetime.fromisoformat(after[0]), after[1]
        here = tuple_(AuditEvent.occurred_at, AuditEvent.id)
        wanted = wanted.where(here < (occurred_at, event_id))
    newest = wanted.order_by(AuditEvent.occurred_at.desc(), AuditEvent.id.desc())
    rows = db.session.scalars(newest.limit(query.limit + 1)).all()
    return page_of(list(map(_told, rows)), query, of=of, position=_position)


def _position(activity: Activity) -> Position:
    """Return what the list is sorted by, as text."""
    return activity.occurred_at.isoformat(), activity.id


def _told(row: AuditEvent) -> Activity:
    """Return a row as its person may read it."""
    return Activity(
        id=row.id,
        event=row.event,
        words=_words_for(row),
        outcome=row.outcome,
        occurred_at=row.occurred_at,
        browser=browser_name(row.user_agent),
        network=network_name(row.ip),
        client_id=row.client_id,
    )


def _words_for(row: AuditEvent) -> str:
    """Return an event in words: what its details say, else what its name says."""
    for name, value, words in VARIANTS.get(row.event, ()):
        if row.detail.get(name) == value:
            return str(words)
    return str(WORDS[row.event, row.outcome])
