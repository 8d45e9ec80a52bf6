"""Proving that an address is its user's, by a mailed link or the code beside it.

A mailed token names the address it was sent to, so a later change of the address voids
it. While unverified, a user may send the proof to another address, which becomes the
account's when it is proven.
"""

from urllib.parse import urlencode

from sqlalchemy import bindparam, select, update

from idp.accounts import mail_limits, mail_requests, one_time_tokens
from idp.accounts.addresses.availability import address_problem, is_taken, taken_refusal
from idp.accounts.addresses.rows import replace_primary
from idp.accounts.errors import EmailTaken, InvalidInput
from idp.accounts.events import AddressProven
from idp.accounts.models import User, UserStatus
from idp.accounts.names import canonical_email, email_key
from idp.accounts.one_time_tokens import IssuedToken, PendingToken, SpentToken
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.registrants import Confirmed, ConfirmedBy
from idp.accounts.sign_in.withdrawal import withdraw_from_stranger
from idp.accounts.users import (
    find_by_verified_address,
    find_id_by_verified_address,
    get_user,
)
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db, table_of, unless_taken
from idp.core.events import publish
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit
from idp.security.requester import Requester

PURPOSE = one_time_tokens.EMAIL_VERIFICATION

users = table_of(User)

CONFIRM = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.email_verified_at.is_(None))
    .values(
        email=bindparam("new_address"),
        email_key=bindparam("new_key"),
        email_verified_at=bindparam("now"),
        registration_digest=None,
        registration_session_id=None,
    )
)

REGISTRANT = select(
    users.c.registration_digest, users.c.registration_session_id, users.c.status
).where(users.c.id == bindparam("of_user"))


def send_first(user: User, *, return_to: str, requester: Requester) -> None:
    """Mail a link and a code to the address that an account was just made with.

    Nothing is pending for it yet, and nobody else has the address.
    """
    issued = _issue(user, user.email, return_to=return_to, new_account=True)
    _send(user, user.email, issued=issued, return_to=return_to, requester=requester)


def send_if_none_pending(user_id: str, *, requester: Requester) -> None:
    """Send a message to a user who will be asked for its code, unless one is out."""
    if address_to_verify(user_id) is None:
        user = get_user(user_id)
        _send_verification(user, user.email, return_to="", requester=requester)


def notify_owner_of(address: str, *, requester: Requester) -> None:
    """Mail the owner of an address, if it has one, that another tried to take it."""
    owner = find_by_verified_address(address)
    if owner is not None:
        notify_address_owner(owner, requester=requester)


def notify_address_owner(owner: User, *, requester: Requester) -> None:
    """Mail a user that another tried to take their address."""
    outbox.send(
        "account_exists",
        to=owner.email,
        link=f"{_issuer()}/login",
        display_name=owner.name,
        locales=(owner.locale, requester.language),
        requester=requester.description,
    )


def resend(address: str, *, return_to: str, requester: Requester) -> None:
    """Have a new message sent if ``address`` waits for one; the answer never tells.

    Raises RateLimited for a requester who asks for many.
    """
    mail_requests.ask(PURPOSE, address, return_to=return_to, requester=requester)
    user_id = find_id_by_verified_address(address)
    audit.record("email.verification.requested", user_id=user_id)


def send_if_unverified(user: User, *, return_to: str, requester: Requester) -> None:
    """Send a new message to a user who still has to prove the address."""
    if user.email_verified_at is None:
        address = address_to_verify(user.id) or user.email
        _send_verification(user, address, return_to=return_to, requester=requester)


def resend_own(user: User, *, return_to: str, requester: Requester) -> None:
    """Send a new message to where a signed-in user expects it; see ``resend``."""
    address = address_to_verify(user.id) or user.email
    if mail_limits.may_mail(address, requester=requester):
        _send_verification(user, address, return_to=return_to, requester=requester)


def change_address(
    user: User, address: str, *, return_to: str, requester: Requester
) -> None:
    """Send the proof to another address, which becomes the account's once proven.

    Raises InvalidInput, RateLimited, and EmailTaken where account privacy is ``open``.
    """
    address = canonical_email(address)
    problem = address_problem(address)
    if problem:
        raise InvalidInput([problem])
    taken = is_taken(address, unless_by=user.id)
    if taken and current(AccountsSettings).account_privacy == "open":
        raise taken_refusal(address)
    if mail_limits.may_mail(address, requester=requester):
        _send_verification(user, address, return_to=return_to, requester=requester)


def address_to_verify(user_id: str) -> str | None:
    """Return the address that the newest message went to, if one is pending."""
    pending = one_time_tokens.find_newest(user_id, purpose=PURPOSE)
    return address_of(pending) if pending else None


def find_link(token: str) -> PendingToken | None:
    """Say what a mailed link would confirm, None when it is used or expired."""
    return one_time_tokens.find_pending(token, purpose=PURPOSE)


def find_confirmed(token: str) -> SpentToken | None:
    """Say what a used link has confirmed, while its user has that address."""
    used = one_time_tokens.find_used(token, purpose=PURPOSE)
    owner = find_by_verified_address(address_of(used)) if used else None
    if used is None or owner is None or owner.id != used.user_id:
        return None
    return used if owner.email_verified_at else None


def confirm_by_link(token: str, *, by: ConfirmedBy) -> Confirmed | None:
    """Confirm the address a link was mailed to; None when it is used or expired."""
    return _confirm(one_time_tokens.spend(token, purpose=PURPOSE), by=by)


def confirm_by_code(address: str, code: str, *, by: ConfirmedBy) -> Confirmed | None:
    """Confirm an address by its mailed code; None tells nothing about the account."""
    user = find_by_verified_address(address)
    return confirm_code_of(user.id, code, by=by) if user else None


def confirm_code_of(user_id: str, code: str, *, by: ConfirmedBy) -> Confirmed | None:
    """Confirm the address of a user who is signed in, by its mailed code."""
    return _confirm(one_time_tokens.spend_code(user_id, code, purpose=PURPOSE), by=by)


def prove_for_owner(user: User, address: str) -> bool:
    """Take a trusted provider's word that the address of an account is its owner's.

    Whoever made the account has not proven it, and is shut out: their password, and all
    that hangs on it, is discarded. False where it is proven, or another's, by now.
    """
    names = {"new_address": user.email, "new_key": user.email_key}
    values = {"user_id": user.id, "now": utcnow()}
    if user.email_key != email_key(address) or not changed_one(CONFIRM, values | names):
        return False
    replace_primary(user.id, user.email)
    audit.record("email.verified", user_id=user.id)
    withdraw_from_stranger(user.id)
    db.session.refresh(user)
    return True


def address_of(token: PendingToken | SpentToken) -> str:
    """Return the address that a token was mailed to."""
    return str(token.data["email"])


def _send_verification(
    user: User, address: str, *, return_to: str, requester: Requester
) -> None:
    """Mail a link and a code to the address that is to be proven.

    ``return_to`` is where the user was going. If another account has the address, its
    owner is told instead: no token of this user can prove it then.
    """
    issued = _issue(user, address, return_to=return_to)
    if is_taken(address, unless_by=user.id):
        notify_owner_of(address, requester=requester)
    else:
        _send(user, address, issued=issued, return_to=return_to, requester=requester)


def _issue(
    user: User, address: str, *, return_to: str, new_account: bool = False
) -> IssuedToken:
    """Make the token of an address; one that was mailed before is void."""
    return one_time_tokens.issue(
        user.id,
        purpose=PURPOSE,
        seconds=current(AccountsSettings).verification_link_seconds,
        data={"email": address, "return_to": return_to},
        beside_others=new_account,
    )


def _send(
    user: User,
    address: str,
    *,
    issued: IssuedToken,
    return_to: str,
    requester: Requester,
) -> None:
    """Mail a link and a code."""
    outbox.send(
        "verify_email",
        to=address,
        link=f"{_issuer()}/email-verification?{urlencode({'token': issued.token})}",
        code=issued.code,
        expires_at=issued.expires_at,
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
        return_to=return_to,
    )


def _confirm(spent: SpentToken | None, *, by: ConfirmedBy) -> Confirmed | None:
    """Mark the address of a spent token as proven, and make it the account's.

    Anybody but who signed up discards the password and all that hangs on it.
    """
    if spent is None:
        return None
    address = canonical_email(address_of(spent))
    names = {"new_address": address, "new_key": email_key(address)}
    values = {"user_id": spent.user_id, "now": utcnow()}
    signed_up = db.session.execute(REGISTRANT, {"of_user": spent.user_id}).one()
    try:
        with unless_taken(EmailTaken):
            confirmed = changed_one(CONFIRM, values | names)
            if confirmed:
                replace_primary(spent.user_id, address)
    except EmailTaken:  # meanwhile another account has the address
        return None
    if not confirmed:
        return None
    audit.record("email.verified", user_id=spent.user_id)
    publish(AddressProven(spent.user_id, address))
    stranger = not by.has_signed_up(signed_up)
    if stranger:
        withdraw_from_stranger(spent.user_id)
    return Confirmed(
        spent.user_id,
        spent.data,
        password_discarded=stranger,
        in_registering_session=by.in_session_of(signed_up),
        awaits_approval=signed_up.status == UserStatus.PENDING,
    )


def _issuer() -> str:
    """Return where links in mails lead."""
    return current(ServerSettings).issuer
