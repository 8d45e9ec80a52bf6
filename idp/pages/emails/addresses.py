"""/account/emails: see, add and remove addresses, and choose the primary one."""

from flask import Blueprint, Response, request
from flask_babel import gettext

from idp.accounts.email import address_proof, addresses
from idp.accounts.email.addresses import NoSuchAddress
from idp.accounts.email.primary_address import make_primary
from idp.accounts.errors import EmailTaken, InvalidInput
from idp.accounts.models import UserEmail
from idp.accounts.sign_in.reauthentication import (
    ReauthCredential,
    ReauthenticationRequired,
    is_fresh,
)
from idp.accounts.users import get_user
from idp.pages.account.navigation import account_page
from idp.pages.forms import CodeForm, EmailForm, show_errors
from idp.web.browser.reauth_form import confirm_first, reauth_form_values
from idp.web.browser.session import get_session, login_required
from idp.web.callers.requester import this_requester
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo
from idp.web.words import title_of

bp = Blueprint("email_addresses", __name__, url_prefix="/account/emails")

PATH = "/account/emails"


@bp.get("")
@login_required
def show_addresses() -> Response:
    """List the addresses, and offer to add one."""
    values = reauth_form_values(get_session())
    return _page(form=EmailForm(formdata=None, data=values))


@bp.post("")
@login_required
def submit_address() -> Response:
    """Mail the proof to another address."""
    live, form = get_session(), EmailForm()
    if not form.validate():
        return _page(form=form)
    try:
        addresses.add_address(
            get_user(live.user_id),
            form.email.data,
            credential=ReauthCredential.of(live),
            requester=this_requester(),
        )
    except ReauthenticationRequired:
        return confirm_first(live, PATH, email=form.email.data)
    except (InvalidInput, EmailTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _page(form=form)
    return redirect_to(f"{PATH}?done=sent")


@bp.post("/<address_id>/confirm")
@login_required
def submit_code(address_id: str) -> Response:
    """Let an address count by the code that was mailed to it."""
    form = CodeForm()
    if not form.validate():
        return _page(code_form=form, of=address_id)
    try:
        proven = address_proof.confirm_by_code(
            get_session().user_id,
            address_id,
            code=form.code.data,
            requester=this_requester(),
        )
    except EmailTaken as refusal:
        form.code.errors = [title_of(refusal)]
        return _page(code_form=form, of=address_id)
    if proven is None:
        form.code.errors = [gettext("That code isn’t right, or it has expired.")]
        return _page(code_form=form, of=address_id)
    return redirect_to(f"{PATH}?done=confirmed")


@bp.post("/<address_id>/resend")
@login_required
def submit_resend(address_id: str) -> Response:
    """Mail the proof again."""
    user = get_user(get_session().user_id)
    try:
        addresses.send_again(user, address_id, requester=this_requester())
    except NoSuchAddress:
        undo()
        return redirect_to(PATH)
    return redirect_to(f"{PATH}?done=sent")


@bp.post("/<address_id>/remove")
@login_required
def submit_remove(address_id: str) -> Response:
    """Remove a further address, after a proof of the last minutes."""
    live = get_session()
    if not is_fresh(live):
        return confirm_first(live, PATH)
    user = get_user(live.user_id)
    try:
        addresses.remove_address(user, address_id, requester=this_requester())
    except NoSuchAddress:
        undo()
    return redirect_to(f"{PATH}?done=removed")


@bp.post("/<address_id>/primary")
@login_required
def submit_primary(address_id: str) -> Response:
    """Let apps and mails use another address, after a proof of the last minutes."""
    live = get_session()
    try:
        make_primary(
            get_user(live.user_id),
            address_id,
            credential=ReauthCredential.of(live),
            requester=this_requester(),
        )
    except ReauthenticationRequired:
        return confirm_first(live, PATH)
    except NoSuchAddress:
        undo()
        return redirect_to(PATH)
    return redirect_to(f"{PATH}?done=primary")


def _page(
    *,
    form: EmailForm | None = None,
    code_form: CodeForm | None = None,
    of: str | None = None,
) -> Response:
    """Render the addresses; ``code_form`` is what was sent for the address ``of``."""
    live = get_session()
    known = addresses.list_addresses(live.user_id)
    return account_page(
        "account/emails.html",
        live,
        addresses=known,
        codes={
            row.id: _code_form(row, sent=code_form if row.id == of else None)
            for row in known
            if row.email_key is None
        },
        wrong_code=code_form,
        form=form or EmailForm(formdata=None),
        email_verified=live.email_verified,
        room=len(known) < addresses.MOST,
        done=request.args.get("done"),
    )


def _code_form(row: UserEmail, *, sent: CodeForm | None) -> CodeForm:
    """Return the form for the code of one address, among those of others."""
    form = sent or CodeForm(formdata=None)
    form.code.id = f"code-{row.id}"
    return form
