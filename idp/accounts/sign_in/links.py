"""Links that sign their holder in once, made by an operator for a user.

It stands for no password: one that was lost is set anew by a link of its own
(``password.reset``).
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from idp.accounts import one_time_tokens
from idp.accounts.errors import NotSignedIn
from idp.accounts.models import User, UserStatus
from idp.accounts.policies.keys import LINK
from idp.accounts.policies.ways import may_use
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.completion import SignedIn, complete_sign_in, tells_of
from idp.accounts.sign_in.known_devices import find_device
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.ways.managed import is_there
from idp.accounts.users import find_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.errors import IdpError
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit

PURPOSE = "sign_in"


@dataclass(frozen=True)
class HandedLink:
    """A link to hand to its user, over a channel that is theirs alone."""

    url: str
    expires_at: datetime


@dataclass(frozen=True)
class Invitation:
    """Whom a link would sign in, and since when and until when it holds."""

    user: User
    created_at: datetime
    expires_at: datetime


class LinkNotAllowed(IdpError):
    """A link for a user who may not sign in by one."""

    code = "method_not_allowed"
    status = HTTPStatus.CONFLICT
    title = "Policies do not let this user sign in by a link."


class NotInUse(IdpError):
    """A link that would open nothing: the account is disabled or being erased."""

    code = "account_not_in_use"
    status = HTTPStatus.CONFLICT
    title = "This account is not in use. Enable it first."


def require_active(user: User) -> None:
    """Raise NotInUse for an account that no link opens."""
    if user.status != UserStatus.ACTIVE:
        raise NotInUse


def issue_link(user: User, *, by: str) -> HandedLink:
    """Make a link for ``user``, who is mailed that; an older one of theirs is void.

    Raises NotInUse, and LinkNotAllowed where a policy would not let it open anything.
    """
    require_active(user)
    if not may_use(LINK, user_id=user.id, roles=user.roles, email=user.email):
        raise LinkNotAllowed
    issued = one_time_tokens.issue(
        user.id,
        purpose=PURPOSE,
        seconds=current(AccountsSettings).sign_in_link_seconds,
    )
    audit.record("magic.requested", user_id=user.id, by=by)
    notify_of_link(user)
    query = urlencode({"token": issued.token})
    url = f"{current(ServerSettings).issuer}/auth/sign-in/token?{query}"
    return HandedLink(url, issued.expires_at)


def notify_of_link(user: User) -> None:
    """Mail a user that a link was shown to somebody who hands it over."""
    outbox.send(
        "link_handed_out",
        to=user.email,
        link=current(ServerSettings).issuer,
        display_name=user.name,
        locales=(user.locale,),
    )


def find_invitation(token: str) -> Invitation | None:
    """Say whom a link would sign in; None also where policies allow no link."""
    pending = one_time_tokens.find_pending(token, purpose=PURPOSE)
    user = find_user(pending.user_id) if pending else None
    if pending is None or user is None or not _opens(user):
        return None
    return Invitation(user, pending.created_at, pending.expires_at)


def sign_in_by_link(
    token: str, *, request: SessionRequest
) -> SignedIn | FactorRequired | None:
    """Take a link once and begin a session; None when it is used, expired or void.

    A link that policies do not allow is used up by trying.
    """
    pending = one_time_tokens.find_pending(token, purpose=PURPOSE)
    user = find_user(pending.user_id) if pending else None
    if user is None:
        return None
    device = find_device(user.id, device_token=request.device_token)
    seen = SessionUser.of(user)
    opens = _opens(user) and is_there(user)
    is_news = opens and tells_of(seen, request=request, device=device)
    if not one_time_tokens.spend(token, purpose=PURPOSE) or not opens:
        return None
    try:
        outcome = complete_sign_in(
            seen,
            proofs=(Proof(Method.LINK, utcnow()),),
            request=request,
            device=device,
            is_news=is_news,
        )
    except NotSignedIn:
        return None
    session_id = outcome.session.id if isinstance(outcome, SignedIn) else None
    audit.record("magic.used", user_id=user.id, session_id=session_id)
    return outcome


def _opens(user: User) -> bool:
    """Tell whether a link signs a user in at all."""
    allowed = may_use(LINK, user_id=user.id, roles=user.roles, email=user.email)
    return user.status == UserStatus.ACTIVE and allowed
