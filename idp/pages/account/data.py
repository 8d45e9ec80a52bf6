"""/account/data: take one's data along, or have it deleted."""

from flask import Blueprint, Response, jsonify
from flask_babel import gettext

from idp.accounts.lifecycle.deletion import (
    ADDRESS_RESERVED_FOR,
    GRACE,
    schedule_deletion,
)
from idp.accounts.lifecycle.export import export_account
from idp.accounts.names import email_key
from idp.accounts.sign_in.reauthentication import (
    ReauthCredential,
    ReauthenticationRequired,
)
from idp.accounts.terms.acceptance import list_acceptances
from idp.accounts.users import get_user
from idp.pages.account.navigation import account_page
from idp.pages.forms import ConfirmForm, DeleteAccountForm
from idp.web.browser import session as web_session
from idp.web.browser.reauth_form import confirm_first, reauth_form_values
from idp.web.browser.session import get_session, login_required
from idp.web.callers.requester import this_requester
from idp.web.pages import page
from idp.web.redirects import redirect_to

bp = Blueprint("data", __name__)

PATH = "/account/data"
FILE_NAME = "account.json"


@bp.get(PATH)
@login_required
def show_data() -> Response:
    """Offer both."""
    typed = reauth_form_values(get_session())
    return _data_page(DeleteAccountForm(formdata=None, data=typed))


@bp.post(f"{PATH}/export")
@login_required
def submit_export() -> Response:
    """Send the file."""
    live = get_session()
    user, credential = get_user(live.user_id), ReauthCredential.of(live)
    try:
        exported = export_account(
            user, credential=credential, requester=this_requester()
        )
    except ReauthenticationRequired:
        return confirm_first(live, PATH)
    response = jsonify(exported)
    disposition = f'attachment; filename="{FILE_NAME}"'
    response.headers["Content-Disposition"] = disposition
    return response


@bp.post(f"{PATH}/delete")
@login_required
def submit_deletion() -> Response:
    """Take the account out of use, after its address was typed."""
    live, form = get_session(), DeleteAccountForm()
    if not form.validate():
        return _data_page(form)
    typed = form.confirm_email.data
    if email_key(typed) != email_key(live.email):
        form.confirm_email.errors = [gettext("Type the address of this account.")]
        return _data_page(form)
    try:
        schedule_deletion(
            get_user(live.user_id),
            credential=ReauthCredential.of(live),
            requester=this_requester(),
        )
    except ReauthenticationRequired:
        return confirm_first(live, PATH, confirm_email=typed)
    return web_session.sign_out_browser(redirect_to("/account/deletion"))


@bp.get("/account/deletion")
def show_scheduled() -> Response:
    """Say that an account is out of use; it names nobody.

    Who is signed in has one that is not, and finds where that is done.
    """
    if web_session.current_session():
        return redirect_to(PATH)
    return page("account/deletion.html", state="scheduled", grace_days=GRACE.days)


def _data_page(form: DeleteAccountForm) -> Response:
    """Render the page."""
    live = get_session()
    return account_page(
        "account/data.html",
        live,
        email=live.email,
        form=form,
        export_form=ConfirmForm(),
        accepted=list_acceptances(live.user_id),
        grace_days=GRACE.days,
        reserved_days=ADDRESS_RESERVED_FOR.days,
    )
