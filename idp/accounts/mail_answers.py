"""Answering the requests for mails: the worker's part of ``mail_requests``."""

from collections.abc import Callable
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, bindparam, delete, select

from idp.accounts.addresses.rows import find_spelling
from idp.accounts.email import verification as email_verification
from idp.accounts.mail_requests import WAITLIST
from idp.accounts.models import MailRequest, User, UserStatus
from idp.accounts.one_time_tokens import MAGIC_LINK
from idp.accounts.password import reset as password_reset
from idp.accounts.password.held_mail import is_held
from idp.accounts.policies.ways import SoleProvider, sole_provider
from idp.accounts.registration import pending
from idp.accounts.registration.waitlist import places
from idp.accounts.sign_in.by_mail import mails as sign_in_mails
from idp.accounts.sign_in.ways.managed import manager_of
from idp.accounts.users import find_by_verified_address
from idp.core.context import current
from idp.core.db import changed_one, db, table_of
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security.requester import Requester

BATCH = 20

requests = table_of(MailRequest)

OLDEST = select(requests).order_by(requests.c.id).limit(BATCH)
TAKE = delete(requests).where(requests.c.id == bindparam("request_id"))


def answer_due() -> int:
    """Answer what was asked for, the oldest first; return how many there were.

    Each is taken and answered in one transaction, by one worker.
    """
    waiting = db.session.execute(OLDEST).all()
    for row in waiting:
        if changed_one(TAKE, {"request_id": row.id}):
            _answer(row)
        db.session.commit()
    return len(waiting)


def _answer(row: Row[Any]) -> None:
    """Mail the owner of an address, if it has one who may use what was asked for."""
    user = find_by_verified_address(row.address)
    requester = Requester(row.ip, row.user_agent, row.language)
    if row.purpose == WAITLIST:
        _answer_for_place(user, row, requester=requester)
        return
    if user is None and row.purpose == email_verification.PURPOSE:
        pending.send_again(row.address, requester=requester)
    if user is None and row.purpose == MAGIC_LINK:
        sign_in_mails.offer_sign_up(row.address, requester=requester)
    if user is not None and user.status == UserStatus.ACTIVE:
        _sender(user, row.purpose)(user, row, requester=requester)
    if user is not None and user.status == UserStatus.PENDING:
        _answer_pending(user, row, requester=requester)


def _answer_for_place(
    user: User | None, row: Row[Any], *, requester: Requester
) -> None:
    """Mail how a place on the waitlist stands; who has an account is told of that."""
    if user is None:
        asked = places.PlaceRequest(row.note, row.client_id)
        places.answer(row.address, asked, requester=requester)
    else:
        email_verification.notify_address_owner(user, requester=requester)


def _answer_pending(user: User, row: Row[Any], *, requester: Requester) -> None:
    """Mail who proves an address the proof, and else that the account waits.

    What would open it is mailed to nobody before it is approved.
    """
    if user.email_verified_at is None:
        _send_verification(user, row, requester=requester)
        return
    outbox.send(
        "account_pending",
        to=find_spelling(user.id, row.address) or user.email,
        link=current(ServerSettings).issuer,
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )


def _sender(user: User, purpose: str) -> Callable[..., None]:
    """Return what mails a user who asked, who may have to sign in elsewhere."""
    sole = sole_provider(user.id, user.roles, email=user.email)
    if sole and purpose in OF_SIGN_IN:
        return partial(_send_elsewhere, sole=sole)
    return SENDERS[purpose]


def _send_elsewhere(
    user: User, row: Row[Any], *, sole: SoleProvider, requester: Requester
) -> None:
    """Mail how the user signs in, to whom neither a link nor a password would do."""
    outbox.send(
        "sign_in_elsewhere",
        to=find_spelling(user.id, row.address) or user.email,
        link=current(ServerSettings).issuer + sole.path,
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )


def _send_reset(user: User, row: Row[Any], *, requester: Requester) -> None:
    """Mail the link to the one of the user's addresses that was named.

    Whose password is managed elsewhere is told where.
    """
    to, manager = find_spelling(user.id, row.address) or user.email, manager_of(user)
    if manager is not None:
        outbox.send(
            "password_managed",
            to=to,
            link=f"{current(ServerSettings).issuer}/login",
            display_name=user.name,
            locales=(user.locale, requester.language),
            requester=requester.description,
            names={"manager": manager},
        )
        return
    password_reset.send_asked_link(
        user, to=to, return_to=row.return_to, requester=requester
    )


def _send_verification(user: User, row: Row[Any], *, requester: Requester) -> None:
    """Mail the proof of the primary address, if it still waits for it."""
    email_verification.send_if_unverified(
        user, return_to=row.return_to, requester=requester
    )


def _send_sign_in_link(user: User, row: Row[Any], *, requester: Requester) -> None:
    """Mail the link that signs in; who has an unproven address proves it first.

    None goes out while links to a new password are held back: the mailbox alone would
    open the account.
    """
    if user.email_verified_at is None:
        _send_verification(user, row, requester=requester)
    elif not is_held(user):
        sign_in_mails.send_link(
            user,
            row.address,
            return_to=row.return_to,
            bound_to=row.bound_to,
            requester=requester,
        )


OF_SIGN_IN = frozenset({password_reset.PURPOSE, MAGIC_LINK})
SENDERS: MappingProxyType[str, Callable[..., None]] = MappingProxyType(
    {
        password_reset.PURPOSE: _send_reset,
        email_verification.PURPOSE: _send_verification,
        MAGIC_LINK: _send_sign_in_link,
    }
)
