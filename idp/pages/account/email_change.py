"""/account/email and /email-change: switch the account to another address."""

from flask import Blueprint, Response, request
from flask_babel import gettext

from idp.accounts.email import change as email_change
from idp.accounts.errors import EmailTaken, InvalidInput
from idp.accounts.models import EmailChange
from idp.accounts.sign_in.reauthentication import (
    ReauthCredential,
    ReauthenticationRequired,
)
from idp.accounts.users import get_user
from idp.pages.account.navigation import account_page
from idp.pages.forms import CodeForm, NewEmailForm, show_errors
from idp.pages.mailed_link import mailed_link_page
from idp.web.browser.reauth_form import confirm_first, reauth_form_values
from idp.web.browser.session import get_session, login_required
from idp.web.callers.requester import this_requester
from idp.web.pages import page
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo
from idp.web.words import title_of

bp = Blueprint("email_change", __name__)

PATH = "/account/email"


@bp.get(PATH)
@login_required
def show_email() -> Response:
    """Show the address, what is pending, and the form for another one."""
    live = get_session()
    if not live.email_verified:
        return redirect_to(f"/email-verification?return_to={PATH}")
    return _email_page(form=NewEmailForm(formdata=None, data=reauth_form_values(live)))


@bp.post(PATH)
@login_required
def submit_email() -> Response:
    """Mail the new address and tell the old one."""
    live, form = get_session(), NewEmailForm()
    if not form.validate():
        return _email_page(form=form)
    new_email = form.new_email.data
    try:
        email_change.request_change(
            get_user(live.user_id),
            new_email=new_email,
            credential=ReauthCredential.of(live),
            requester=this_requester(),
        )
    except ReauthenticationRequired:
        return confirm_first(live, PATH, new_email=new_email)
    except (InvalidInput, EmailTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _email_page(form=form)
    return redirect_to(f"{PATH}?sent=1")


@bp.post(f"{PATH}/confirm")
@login_required
def submit_code() -> Response:
    """Switch by the code that was mailed to the new address."""
    form = CodeForm()
    if not form.validate():
        return _email_page(code_form=form)
    try:
        changed = email_change.confirm_by_code(
            get_session().user_id, form.code.data, requester=this_requester()
        )
    except EmailTaken as refusal:
        form.code.errors = [title_of(refusal)]
        return _email_page(code_form=form)
    if changed is None:
        form.code.errors = [gettext("That code isn’t right, or it has expired.")]
        return _email_page(code_form=form)
    return redirect_to(f"{PATH}?changed=1")


@bp.post(f"{PATH}/resend")
@login_required
def submit_resend() -> Response:
    """Send the message to the new address again."""
    user = get_user(get_session().user_id)
    email_change.resend(user, requester=this_requester())
    return redirect_to(f"{PATH}?sent=1")


@bp.post(f"{PATH}/cancel")
@login_required
def submit_cancel() -> Response:
    """Stay with the old address."""
    email_change.cancel(get_session().user_id)
    return redirect_to(PATH)


@bp.get("/email-change")
def show_link() -> Response:
    """Show what a mailed link switches to; only the button does it."""
    token = request.args.get("token", "")
    return _link_page(email_change.find_link(token), token)


@bp.post("/email-change")
def submit_link() -> Response:
    """Switch by the link that was mailed to the new address."""
    token = request.form.get("token", "")
    try:
        changed = email_change.confirm_by_link(token, requester=this_requester())
    except EmailTaken:
        return _link_page(None, token)
    if changed is None:
        return _link_page(None, token)
    return redirect_to("/email-change/done")


@bp.get("/email-change/done")
def show_done() -> Response:
    """Say that the account has switched."""
    return page("account/email_change_link.html", state="done")


def _email_page(
    *, form: NewEmailForm | None = None, code_form: CodeForm | None = None
) -> Response:
    """Render the page of the signed-in person's address."""
    live = get_session()
    return account_page(
        "account/email_change.html",
        live,
        email=live.email,
        pending=email_change.find_pending_change(live.user_id),
        form=form or NewEmailForm(formdata=None),
        code_form=code_form or CodeForm(formdata=None),
        sent="sent" in request.args,
        changed="changed" in request.args,
    )


def _link_page(change: EmailChange | None, token: str) -> Response:
    """Render the question, or say that the link is over."""
    return mailed_link_page("account/email_change_link.html", change, token=token)
