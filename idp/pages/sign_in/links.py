"""/auth/sign-in/token: sign in by a link that works once, mailed or handed over."""

from http import HTTPStatus

from flask import Blueprint, Response, request

from idp.accounts.sign_in.links import find_invitation, sign_in_by_link
from idp.pages.continuation import Continuation, read_continuation, signed_in_response
from idp.pages.forms import ConfirmForm
from idp.pages.sign_in.by_mail.link import show_mailed_link, use_mailed_link
from idp.web.browser.session import current_session, session_request
from idp.web.pages import interaction_page

bp = Blueprint("sign_in_links", __name__)


@bp.get("/auth/sign-in/token")
def show_link() -> Response:
    """Show whom the link signs in; only the button uses it."""
    token, ahead = request.args.get("token", ""), read_continuation()
    return show_mailed_link(token, ahead) or _link_page(token, ahead)


@bp.post("/auth/sign-in/token")
def submit_link() -> Response:
    """Use the link."""
    token, ahead = request.form.get("token", ""), read_continuation()
    answer = use_mailed_link(token, ahead)
    if answer:
        return answer
    outcome = sign_in_by_link(token, request=session_request())
    if outcome is None:
        return _link_page(token, ahead)
    return signed_in_response(outcome, ahead)


def _link_page(token: str, ahead: Continuation) -> Response:
    """Render the question, or say that the link is over."""
    invitation = find_invitation(token)
    live = current_session()
    return interaction_page(
        "sign_in/sign_in_link.html",
        status=HTTPStatus.OK if invitation else HTTPStatus.BAD_REQUEST,
        form=ConfirmForm(),
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        invitation=invitation,
        token=token,
        signed_in_as=live.email if live else None,
        login_url=ahead.url("/login"),
    )
