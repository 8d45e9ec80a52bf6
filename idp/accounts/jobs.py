"""What the background worker tidies up for accounts."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, delete, select

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

    At most BATCH of each, so that the write lock is held for a moment only. Sessions
    stay for thirty days after their end: the audit log names them. One that ran out is
    ended first, for its apps are to be told.
    """
    over = sessions.c.ended_at < now - SESSIONS_KEPT
    old_sessions = select(sessions.c.id).where(over).limit(BATCH)
    old_changes = (
        select(changes.c.id)
        .where(changes.c.requested_at < now - EMAIL_CHANGES_KEPT)
        .limit(BATCH)
    )
    old_devices = (
        select(devices.c.id)
        .where(devices.c.last_seen_at < now - DEVICES_KEPT)
        .limit(BATCH)
    )
    old_tokens = select(tokens.c.id).where(tokens.c.expires_at < now).limit(BATCH)
    return sum(
        cast("CursorResult[Any]", db.session.execute(statement)).rowcount
        for statement in (
            delete(tokens).where(tokens.c.id.in_(old_tokens)),
            delete(sessions).where(sessions.c.id.in_(old_sessions)),
            delete(devices).where(devices.c.id.in_(old_devices)),
            delete(changes).where(changes.c.id.in_(old_changes)),
            *_over(now),
        )
    )


def _over(now: datetime) -> tuple[Delete, ...]:
    """Return what deletes the rows of which there are few at a time."""
    return (
        delete(reservations).where(reservations.c.until < now),
        delete(usernames).where(usernames.c.until < now),
        delete(registrations).where(registrations.c.expires_at < now),
        delete(sign_ins).where(sign_ins.c.expires_at < now),
        delete(challenges).where(challenges.c.expires_at < now),
        delete(trusted).where(trusted.c.expires_at < now),
        delete(factors).where(factors.c.changed_at < now - FACTORS_KEPT),
        delete(secrets).where(secrets.c.removed_at < now - FACTORS_KEPT),
        delete(passkeys).where(passkeys.c.removed_at < now - FACTORS_KEPT),
        delete(secrets).where(
            secrets.c.confirmed_at.is_(None),
            secrets.c.created_at < now - SECRETS_WAIT,
        ),
        delete(places).where(places.c.left_at < now - LEFT_KEPT),
        delete(places).where(places.c.admitted_until < now - ADMITTED_KEPT),
        delete(places).where(
            places.c.confirmed_at.is_(None), places.c.asked_at < now - ASKED_KEPT
        ),
        delete(emails).where(
            emails.c.email_key.is_(None), emails.c.added_at < now - UNPROVEN_FOR
        ),
    )
