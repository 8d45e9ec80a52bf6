"""Setting up and removing an authenticator app, and making recovery codes.

The caller has checked that the user proved lately who they are. Only who has proven the
address sets up a factor: else it might be a stranger's.
"""

from dataclasses import dataclass

from idp.accounts.factors import recovery_codes, totp
from idp.accounts.factors.changes import (
    ChangedFactor,
    change_factors,
    record_change,
)
from idp.accounts.factors.errors import EmailNotVerified, NoSuchFactor
from idp.accounts.factors.totp import TotpKey
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.proofs import Method, Proof, asks_second_factor
from idp.accounts.sessions.start import StartedSession
from idp.accounts.users import get_user, hold_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit
from idp.security.requester import Requester


@dataclass(frozen=True)
class WrongCode:
    """A code that is wrong, used or too old: it never says which."""

    code: str = "code_invalid"


@dataclass(frozen=True)
class Enrolled:
    """A factor counts from now on; codes are shown this once, if new ones were made."""

    session: StartedSession
    recovery_codes: list[str]


def start_totp(live: LiveSession) -> TotpKey:
    """Make the secret of a new app; one in use stays so until the new one is confirmed.

    Raises EmailNotVerified.
    """
    if not live.email_verified:
        raise EmailNotVerified
    return totp.start(live.user_id, account=live.email)


def confirm_totp(
    live: LiveSession, code: str, *, requester: Requester
) -> Enrolled | WrongCode:
    """Let the new app count once it shows a code; the session is worth that much more.

    A first factor brings recovery codes. Raises EmailNotVerified, RateLimited, and
    NotSignedIn.
    """
    if not live.email_verified:
        raise EmailNotVerified
    now = utcnow()
    secret_id = totp.confirm(live.user_id, code, now=now)
    if secret_id is None:
        audit.record("totp.added", outcome="refused", user_id=live.user_id)
        return WrongCode()
    session = change_factors(
        live,
        {*live.factors, Method.TOTP.value},
        requester=requester,
        proof=Proof(Method.TOTP, now),
    )
    made = make_first_codes(live)
    audit.record("totp.added", user_id=live.user_id)
    added = ChangedFactor(Method.TOTP, secret_id, added=True, at=now)
    record_change(get_user(live.user_id), added, requester=requester)
    return Enrolled(session, made)


def remove_totp(live: LiveSession, *, requester: Requester) -> StartedSession:
    """Let a user's app count no more; raises NoSuchFactor and NotSignedIn.

    With the last factor its recovery codes go.
    """
    hold_user(live.user_id)
    now = utcnow()
    secret_id = totp.remove(live.user_id, now=now)
    if secret_id is None:
        raise NoSuchFactor
    left = {*live.factors} - {Method.TOTP.value}
    session = change_factors(live, left, requester=requester, proof=None)
    if not asks_second_factor(left):
        recovery_codes.withdraw(live.user_id)
    audit.record("totp.removed", user_id=live.user_id)
    removed = ChangedFactor(Method.TOTP, secret_id, added=False, at=now)
    record_change(get_user(live.user_id), removed, requester=requester)
    return session


def make_first_codes(live: LiveSession) -> list[str]:
    """Return the codes that come with a factor which asks; none where some are left.

    ``live`` is the session as it was before that factor.
    """
    asked = asks_second_factor(live.factors)
    if asked and recovery_codes.count_left(live.user_id):
        return []
    return _make_codes(live.user_id)


def make_recovery_codes(live: LiveSession, *, requester: Requester) -> list[str]:
    """Return ten new codes; those before are void, and the owner is told.

    Raises NoSuchFactor where there is no factor that they could stand for.
    """
    hold_user(live.user_id)
    user = get_user(live.user_id)
    if not asks_second_factor(user.factors):
        raise NoSuchFactor
    made = _make_codes(user.id)
    outbox.send(
        "recovery_codes_made",
        to=user.email,
        link=f"{current(ServerSettings).issuer}/account/security",
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )
    return made


def _make_codes(user_id: str) -> list[str]:
    """Make codes and say so in the audit log."""
    audit.record("recovery.made", user_id=user_id)
    return recovery_codes.make(user_id)
