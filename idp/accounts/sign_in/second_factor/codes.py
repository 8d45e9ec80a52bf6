"""Judging a code that a user shows as a further proof."""

from idp.accounts.factors import email_codes, recovery_codes, totp
from idp.accounts.factors.locks import is_locked
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.proofs import Method, Proof
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit
from idp.security.requester import Requester


def looks_right(user: SessionUser, method: Method, *, code: str, bound_to: str) -> bool:
    """Tell whether a code would be taken, as it stands before the first write.

    Nothing is counted: what is told of it waits until ``prove_by_code`` has.
    """
    if is_locked(user.user_id, method):
        return False
    if method is Method.TOTP:
        return totp.is_right(user.user_id, code)
    if method is Method.EMAIL_CODE:
        return email_codes.is_right(user.user_id, code, bound_to=bound_to)
    return recovery_codes.is_right(user.user_id, code)


def prove_by_code(
    user: SessionUser,
    method: Method,
    *,
    code: str,
    bound_to: str,
    requester: Requester,
) -> Proof | None:
    """Return what a code proves, and use it up; None for a wrong one.

    ``bound_to`` is the sign-in, or the session, that a mailed one has to be for.
    Raises RateLimited while the factor is locked.
    """
    if method is Method.TOTP:
        return _prove_by_totp(user, code)
    if method is Method.RECOVERY_CODE:
        return _prove_by_recovery_code(user, code, requester=requester)
    if method is Method.EMAIL_CODE:
        return _prove_by_mailed_code(user, code, bound_to=bound_to)
    return None


def _prove_by_totp(user: SessionUser, code: str) -> Proof | None:
    """Judge a code of an authenticator app."""
    if totp.check(user.user_id, code):
        return Proof(Method.TOTP, utcnow())
    audit.record("totp.used", outcome="refused", user_id=user.user_id)
    return None


def _prove_by_mailed_code(
    user: SessionUser, code: str, *, bound_to: str
) -> Proof | None:
    """Judge a code that was mailed."""
    if email_codes.use(user.user_id, code, bound_to=bound_to):
        return Proof(Method.EMAIL_CODE, utcnow())
    audit.record("email_code.used", outcome="refused", user_id=user.user_id)
    return None


def _prove_by_recovery_code(
    user: SessionUser, code: str, *, requester: Requester
) -> Proof | None:
    """Judge a recovery code; the owner is mailed that one was used."""
    if not recovery_codes.use(user.user_id, code):
        audit.record("recovery.used", outcome="refused", user_id=user.user_id)
        return None
    audit.record("recovery.used", user_id=user.user_id)
    outbox.send(
        "recovery_code_used",
        to=user.email,
        link=f"{current(ServerSettings).issuer}/account/security",
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )
    return Proof(Method.RECOVERY_CODE, utcnow())
