"""/api/admin/mail: what waits to be mailed, what failed, and why."""

from datetime import datetime

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.administration.mail_outbox import (
    ListedMail,
    MailNotWaiting,
    MailState,
    NoSuchMail,
    drop_mail,
    list_mails,
    send_mail_now,
)
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.json.models import Answer
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint(
    "admin_mail_api", __name__, tag="Administration: deliveries and mail"
)
PATH = "/api/admin/mail"
CHANGE_REFUSALS = (NotPermitted, NoSuchMail, MailNotWaiting, ReauthenticationRequired)


class MailQuery(PageQuery):
    """Which mails to list."""

    state: MailState | None = None
    recipient: str | None = Field(None, max_length=254, description="A whole address")


class MailAnswer(Answer):
    """A mail in the outbox, without what is in it; addresses are masked.

    `error` is what was wrong with the newest try, `next_try_at` null where it is tried
    no more.
    """

    __qualname__ = "Mail"  # as the API document calls it

    id: str
    kind: str
    recipient: str
    locale: str | None
    state: MailState
    tries: int
    created_at: datetime
    next_try_at: datetime | None
    error: str | None
    sent_at: datetime | None
    failed_at: datetime | None


@api.operation(
    "GET",
    PATH,
    id="admin_mail_api_show_all",
    query=MailQuery,
    answers={200: PageAnswer[MailAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: MailQuery) -> Response:
    """List the mails of the last week, the newest first."""
    access.require(who, Permission.DELIVERIES_READ)
    page = list_mails(query, state=query.state, recipient=query.recipient)
    answer = PageAnswer[MailAnswer](
        items=[_answer(item) for item in page.items], next_cursor=page.next_cursor
    )
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    f"{PATH}/<mail_id>/resend",
    id="admin_mail_api_resend",
    answers={204: None},
    refusals=CHANGE_REFUSALS,
)
def resend(who: Caller, mail_id: str) -> None:
    """Try a mail that waits at once; what has failed holds nothing any more."""
    access.require(who, Permission.SETTINGS_WRITE)
    access.fresh_proof(who)
    send_mail_now(mail_id, by=who.user_id)


@api.operation(
    "DELETE",
    f"{PATH}/<mail_id>",
    id="admin_mail_api_drop",
    answers={204: None},
    refusals=CHANGE_REFUSALS,
)
def drop(who: Caller, mail_id: str) -> None:
    """Give up a mail that waits: nobody gets it, and what is in it goes."""
    access.require(who, Permission.SETTINGS_WRITE)
    access.fresh_proof(who)
    drop_mail(mail_id, by=who.user_id)


def _answer(item: ListedMail) -> MailAnswer:
    """Return a mail as an answer."""
    told = {name: getattr(item, name) for name in MailAnswer.model_fields}
    return MailAnswer.model_validate(told)
