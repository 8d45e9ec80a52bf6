"""/admin/mail: what waits to be mailed, what failed, and why."""

from typing import Any, cast

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from idp.accounts.access.permissions import Permission
from idp.admin.lists import asked_page, asked_text, page_urls, url_with
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import admin_page
from idp.administration.mail_outbox import (
    DROPPED,
    ListedMail,
    MailNotWaiting,
    MailState,
    NoSuchMail,
    drop_mail,
    list_mails,
    send_mail_now,
)
from idp.core.branding.instance import issuer_name
from idp.mail.messages import MESSAGES, MessageName
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.redirects import redirect_to

ACTS = {"resend": send_mail_now, "drop": drop_mail}
LATE = "late"

bp = Blueprint("mails", __name__, url_prefix="/admin/mail")
access.protect(bp, read=Permission.DELIVERIES_READ, write=Permission.SETTINGS_WRITE)


@bp.get("")
def show_mails() -> Response:
    """List the mails of the last week, the newest first."""
    query, filters = asked_page(), _filters()
    state = MailState(filters["state"]) if "state" in filters else None
    page = list_mails(query, state=state, recipient=filters.get("recipient"))
    return admin_page(
        "admin/deliveries/mails.html",
        mails=[_shown(mail) for mail in page.items],
        chosen={"state": "", "recipient": "", **filters},
        filtered=bool(filters),
        send_url=url_with(url_for(".submit_act"), filters),
        form=open_form(PageForm),
        done=request.args.get("done", ""),
        **page_urls(url_for(".show_mails"), page, asked=query, filters=filters),
    )


@bp.post("")
def submit_act() -> Response:
    """Send or drop a mail that waits, and lead back to the list as it was."""
    done = next((name for name in ACTS if name in request.form), None)
    if done is None:
        raise NoSuchMail
    try:
        ACTS[done](request.form[done], by=get_session().user_id)
    except MailNotWaiting:
        done = LATE
    return redirect_to(url_with(url_for(".show_mails"), {**_filters(), "done": done}))


def _filters() -> dict[str, str]:
    """Return the filters of the address that say something."""
    state = request.args.get("state", "")
    given = {
        "state": state if state in set(MailState) else "",
        "recipient": asked_text("recipient", longest=254),
    }
    return {name: value for name, value in given.items() if value}


def _shown(mail: ListedMail) -> dict[str, Any]:
    """Return what the list shows of a mail."""
    return {
        "id": mail.id,
        "subject": _subject_of(mail),
        "recipient": mail.recipient,
        "at": mail.created_at,
        "state": mail.state,
        "tries": mail.tries,
        "next_try_at": mail.next_try_at,
        "error": None if mail.error == DROPPED else mail.error,
        "dropped": mail.error == DROPPED,
    }


def _subject_of(mail: ListedMail) -> str:
    """Return what a mail is about, in the reader's language."""
    known = MESSAGES.get(cast("MessageName", mail.kind))
    if known is None:
        return mail.kind
    issuer = issuer_name()
    return str(gettext(known.subject, issuer=issuer))
