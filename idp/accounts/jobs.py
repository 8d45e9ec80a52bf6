"""What the background worker tidies up for accounts."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, delete, select

from idp.accounts.email.addresses import UNPROVEN_FOR
from idp.accounts.models import (
    BrowserSession,
    EmailChange,
    FactorChange,
    KnownDevice,
    OneTimeToken,
    Passkey,
    PendingRegistration,
    PendingSignIn,
    ReservedAddress,
    ReservedUsername,
    TotpSecret,
    TrustedBrowser,
    UserEmail,
    WaitingPlace,
    WebauthnChallenge,
)
from idp.accounts.sessions.end import end_run_out
from idp.core.db import db, table_of

BATCH = 500
ENDED_AT_ONCE = 100  # each with its grants and notices, in one transaction
SESSIONS_KEPT = timedelta(days=30)
DEVICES_KEPT = timedelta(days=400)  # longer than their cookie
EMAIL_CHANGES_KEPT = timedelta(days=7)  # none can be undone any more by then
FACTORS_KEPT = timedelta(days=7)  # the same
SECRETS_WAIT = timedelta(days=1)
# Places on the waitlist: never confirmed, left, let in and not taken.
ASKED_KEPT = timedelta(days=7)
LEFT_KEPT = timedelta(days=30)
ADMITTED_KEPT = timedelta(days=90)

sessions = table_of(BrowserSession)
tokens = table_of(OneTimeToken)
changes = table_of(EmailChange)
devices = table_of(KnownDevice)
reservations = table_of(ReservedAddress)
usernames = table_of(ReservedUsername)
registrations = table_of(PendingRegistration)
sign_ins = table_of(PendingSignIn)
challenges = table_of(WebauthnChallenge)
factors, secrets = table_of(FactorChange), table_of(TotpSecret)
passkeys = table_of(Passkey)
emails = table_of(UserEmail)
trusted = table_of(TrustedBrowser)
places = table_of(WaitingPlace)


def end_sessions_run_out() -> int:
    """End a batch of sessions that ran out, each with what hangs on it."""
    return end_run_out(limit=ENDED_AT_ONCE)


def purge(now: datetime) -> int:
    """Delete what is over by itself; return how many rows went.

    Each table is looked through first: one without such rows is not written to. At most
    BATCH rows of each go, in a transaction of their own, so that the write lock is held
    for a moment only. Sessions stay for thirty days after their end: the audit log
    names them. One that ran out is ended first, for its apps are to be told.
    """
    return sum(_purge(table, over) for table, over in _over(now))


def _purge(table: Table, over: ColumnElement[bool]) -> int:
    """Delete a batch of the rows of a table that are over."""
    (key,) = table.primary_key
    keys = db.session.scalars(select(key).where(over).limit(BATCH)).all()
    if keys:
        db.session.execute(delete(table).where(key.in_(keys), over))
        db.session.commit()
    return len(keys)


def _over(now: datetime) -> tuple[tuple[Table, ColumnElement[bool]], ...]:
    """Return which rows of which tables are over."""
    return (
        (tokens, tokens.c.expires_at < now),
        (sessions, sessions.c.ended_at < now - SESSIONS_KEPT),
        (devices, devices.c.last_seen_at < now - DEVICES_KEPT),
        (changes, changes.c.requested_at < now - EMAIL_CHANGES_KEPT),
        (reservations, reservations.c.until < now),
        (usernames, usernames.c.until < now),
        (registrations, registrations.c.expires_at < now),
        (sign_ins, sign_ins.c.expires_at < now),
        (challenges, challenges.c.expires_at < now),
        (trusted, trusted.c.expires_at < now),
        (factors, factors.c.changed_at < now - FACTORS_KEPT),
        (secrets, secrets.c.removed_at < now - FACTORS_KEPT),
        (
            secrets,
            secrets.c.confirmed_at.is_(None)
            & (secrets.c.created_at < now - SECRETS_WAIT),
        ),
        (passkeys, passkeys.c.removed_at < now - FACTORS_KEPT),
        (places, places.c.left_at < now - LEFT_KEPT),
        (places, places.c.admitted_until < now - ADMITTED_KEPT),
        (
            places,
            places.c.confirmed_at.is_(None) & (places.c.asked_at < now - ASKED_KEPT),
        ),
        (
            emails,
            emails.c.email_key.is_(None) & (emails.c.added_at < now - UNPROVEN_FOR),
        ),
    )
