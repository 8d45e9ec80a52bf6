"""Signing in by the link or the code that was mailed to who asked for it.

They show the mailbox, which is one factor; a second that is due stays due.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.accounts import one_time_tokens
from idp.accounts.addresses.rows import find_spelling
from idp.accounts.errors import NotSignedIn
from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.models import User, UserStatus
from idp.accounts.names import email_key
from idp.accounts.one_time_tokens import BOUND_TO, SpentToken
from idp.accounts.one_time_tokens import MAGIC_LINK as PURPOSE
from idp.accounts.policies.keys import MAGIC_LINK
from idp.accounts.policies.ways import may_use
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.sign_in.by_mail.requests import AskedBy
from idp.accounts.sign_in.by_mail.tries import CodeTry, count_try
from idp.accounts.sign_in.completion import (
    SignedIn,
    complete_sign_in,
    record_signed_in,
    tells_of,
)
from idp.accounts.sign_in.known_devices import DeviceMatch, find_device
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.ways.allowed import WayNotAllowed, allowed_ways
from idp.accounts.sign_in.ways.managed import is_there
from idp.accounts.users import find_by_verified_address, find_user
from idp.core.clock import utcnow
from idp.core.errors import RateLimited
from idp.core.text import is_line
from idp.security import audit

FAILED = "login.fail"


@dataclass(frozen=True)
class AskedElsewhere:
    """Who shows the link or the code is not who asked for it; it is not used up."""

    code: str = "other_browser"


@dataclass(frozen=True)
class LinkOver:
    """A link that is unknown, used, expired or void."""

    code: str = "token_invalid"


@dataclass(frozen=True)
class MailedLink:
    """Whom a link would sign in, and who asked for it, when.

    ``asked_with`` is as ``Requester.description``; ``return_to`` is where they were.
    """

    user: User
    address: str
    asked_with: Mapping[str, str]
    return_to: str
    created_at: datetime
    in_other_browser: bool


@dataclass(frozen=True)
class _Opened:
    """A user whose link or code is right, before the first write."""

    user: SessionUser
    device: DeviceMatch
    is_news: bool

    @classmethod
    def of(cls, user: User, *, request: SessionRequest) -> "_Opened":
        seen = SessionUser.of(user)
        device = find_device(user.id, device_token=request.device_token)
        is_news = tells_of(seen, request=request, device=device)
        return cls(seen, device, is_news)


def find_mailed_link(token: str, *, by: AskedBy) -> MailedLink | None:
    """Say what a link is about, None when it is over; looking changes nothing."""
    pending = one_time_tokens.find_pending(token, purpose=PURPOSE)
    user = find_user(pending.user_id) if pending else None
    if pending is None or user is None or not _opens(user, pending.data):
        return None
    return MailedLink(
        user,
        address=pending.data["email"],
        asked_with=pending.data["asked_with"],
        return_to=pending.data["return_to"],
        created_at=pending.created_at,
        in_other_browser=pending.data[BOUND_TO] not in by.digests,
    )


def sign_in_by_mailed_link(
    token: str, *, by: AskedBy, request: SessionRequest, client_id: str | None = None
) -> SignedIn | FactorRequired | AskedElsewhere | LinkOver | WayNotAllowed:
    """Take a link once, from who asked for it; policies of ``client_id`` count too."""
    found = find_mailed_link(token, by=by)
    if found is None:
        return LinkOver()
    if MAGIC_LINK not in allowed_ways(client_id):
        return WayNotAllowed()
    if found.in_other_browser:
        return AskedElsewhere()
    if not is_there(found.user):
        return LinkOver()
    opened = _Opened.of(found.user, request=request)
    spent = one_time_tokens.spend(token, purpose=PURPOSE)
    return _sign_in(opened, spent, request=request) or LinkOver()


def sign_in_by_mailed_code(
    address: str,
    code: str,
    *,
    by: AskedBy,
    request: SessionRequest,
    client_id: str | None = None,
) -> (
    SignedIn | FactorRequired | AskedElsewhere | WrongCode | WayNotAllowed | RateLimited
):
    """Take the code beside a link once, from who asked for it.

    A wrong one, one for an address without an account and one too many get the same
    answer. RateLimited is returned: what the audit log says of it stays.
    """
    if MAGIC_LINK not in allowed_ways(client_id):
        return WayNotAllowed()
    held = by.digests_for(address)
    if not held:
        return AskedElsewhere()
    user = find_by_verified_address(address)
    tried = count_try(_owner_of(address, user), requester=request.requester)
    if tried.wait_seconds:
        audit.record(
            "login.limited", outcome="refused", user_id=user.id if user else None
        )
        return RateLimited(tried.wait_seconds)
    outcome = _judge(user, code, held=held, tried=tried, request=request)
    if outcome is None:
        audit.record(
            FAILED,
            outcome="refused",
            user_id=user.id if user else None,
            method=MAGIC_LINK,
        )
    return outcome or WrongCode()


def _judge(
    user: User | None,
    code: str,
    *,
    held: list[str],
    tried: CodeTry,
    request: SessionRequest,
) -> SignedIn | FactorRequired | None:
    """Judge a code that was counted; nobody's costs what a wrong one does."""
    if tried.spent:
        return None
    user_id = user.id if user else ""
    found = one_time_tokens.find_by_code(user_id, code, purpose=PURPOSE, bound_to=held)
    opened = None
    if user and found and _opens(user, found.data) and is_there(user):
        opened = _Opened.of(user, request=request)
        tried.give_back()
    spent = one_time_tokens.spend_code(user_id, code, purpose=PURPOSE, bound_to=held)
    return _sign_in(opened, spent, request=request) if opened else None


def _sign_in(
    opened: _Opened, spent: SpentToken | None, *, request: SessionRequest
) -> SignedIn | FactorRequired | None:
    """Begin the session of a user whose link or code this request has used."""
    if spent is None:
        return None
    user = opened.user
    try:
        outcome = complete_sign_in(
            user,
            proofs=(Proof(Method.MAGIC_LINK, utcnow()),),
            request=request,
            device=opened.device,
            is_news=opened.is_news,
        )
    except NotSignedIn:
        return None
    session_id = outcome.session.id if isinstance(outcome, SignedIn) else None
    audit.record("magic.used", user_id=user.user_id, session_id=session_id)
    if isinstance(outcome, SignedIn):
        record_signed_in(outcome, requester=request.requester)
    return outcome


def _opens(user: User, data: Mapping[str, Any]) -> bool:
    """Tell whether a link signs a user in: the mailbox is still theirs, and may."""
    return (
        user.status == UserStatus.ACTIVE
        and user.email_verified_at is not None
        and find_spelling(user.id, data["email"]) is not None
        and may_use(MAGIC_LINK, user_id=user.id, roles=user.roles, email=user.email)
    )


def _owner_of(address: str, user: User | None) -> str:
    """Return for whom a wrong code counts."""
    if user:
        return user.id
    return email_key(address) if is_line(address) else ""
