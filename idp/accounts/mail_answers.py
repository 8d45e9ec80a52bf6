"""Answering the wishes for mails: the worker's part of ``mail_requests``."""

from collections.abc import Callable
from types import MappingProxyType

from flask_babel import force_locale
from sqlalchemy import bindparam, delete, select

from idp.accounts.email import verification as email_verification
from idp.accounts.mail_requests import Asker
from idp.accounts.models import MailRequest, UserStatus
from idp.accounts.password import reset as password_reset
from idp.accounts.users import find_by_email
from idp.core.db import changed_one, db, table_of

BATCH = 20

requests = table_of(MailRequest)

OLDEST = select(requests).order_by(requests.c.id).limit(BATCH)
TAKE = delete(requests).where(requests.c.id == bindparam("request_id"))

Send = Callable[..., None]
SENDERS: MappingProxyType[str, Send] = MappingProxyType(
    {
        password_reset.PURPOSE: password_reset.send_link,
        email_verification.PURPOSE: email_verification.send_if_unverified,
    }
)


def answer_due() -> int:
    """Answer what was asked for, the oldest first; return how many wishes there were.

    Each is taken and answered in one transaction, by one worker.
    """
    waiting = db.session.execute(OLDEST).all()
    for row in waiting:
        if changed_one(TAKE, {"request_id": row.id}):
            asker = Asker(row.language, row.user_agent, row.ip)
            _answer(row.purpose, row.address, return_to=row.return_to, asker=asker)
        db.session.commit()
    return len(waiting)


def _answer(purpose: str, address: str, *, return_to: str, asker: Asker) -> None:
    """Mail the owner of an address, if it has one who may use what was asked for."""
    user = find_by_email(address)
    if user is not None and user.status == UserStatus.ACTIVE:
        with force_locale(asker.language):
            SENDERS[purpose](user, return_to=return_to, asker=asker)
