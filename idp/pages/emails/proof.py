"""/account/emails/confirm: where the link in the mail to a further address leads."""

from flask import Blueprint, Response, request

from idp.accounts.email import address_proof
from idp.accounts.errors import EmailTaken
from idp.accounts.models import UserEmail
from idp.accounts.users import get_user
from idp.pages.mailed_link import mailed_link_page
from idp.web.callers.requester import this_requester
from idp.web.pages import page
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("email_proof", __name__, url_prefix="/account/emails/confirm")


@bp.get("")
def show_link() -> Response:
    """Show whose address a link would confirm; only the button does it."""
    token = request.args.get("token", "")
    return _link_page(address_proof.find_link(token), token)


@bp.post("")
def submit_link() -> Response:
    """Let the address count."""
    token = request.form.get("token", "")
    try:
        proven = address_proof.confirm_by_link(token, requester=this_requester())
    except EmailTaken:
        undo()
        proven = None
    if proven is None:
        return _link_page(None, token)
    return redirect_to("/account/emails/confirm/done")


@bp.get("/done")
def show_done() -> Response:
    """Say that one can sign in with the address."""
    return page("account/email_proof.html", state="done")


def _link_page(address: UserEmail | None, token: str) -> Response:
    """Render the question, or say that the link is over."""
    owner = get_user(address.user_id) if address else None
    return mailed_link_page(
        "account/email_proof.html",
        address,
        token=token,
        primary=owner.email if owner else None,
    )
