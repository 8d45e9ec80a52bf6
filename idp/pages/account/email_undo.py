"""/email-change/undo: the old address keeps, or takes back, its account."""

from flask import Blueprint, Response, request

from idp.accounts.email import undo as email_undo
from idp.pages.mailed_link import mailed_link_page, undone_again, undone_response
from idp.web.pages import page

bp = Blueprint("email_undo", __name__, url_prefix="/email-change/undo")

DONE = "/email-change/undo/done"


@bp.get("")
def show_undo() -> Response:
    """Show what a link undoes; only the button does it."""
    return _link_page(request.args.get("token", ""))


@bp.post("")
def submit_undo() -> Response:
    """Undo the change; whoever made it is out, and this browser sets a new password."""
    token = request.form.get("token", "")
    undone = email_undo.undo(token)
    if undone is None:
        return undone_again(token, done=DONE) or _link_page(token)
    return undone_response(
        token, user_id=undone.user_id, since=undone.requested_at, done=DONE
    )


@bp.get("/done")
def show_done() -> Response:
    """Say that the old address holds, and lead to a new password."""
    return page("account/email_undo.html", state="done")


def _link_page(token: str) -> Response:
    """Render the question, or say that the link is over."""
    change = email_undo.find_undo(token)
    return mailed_link_page("account/email_undo.html", change, token=token)
