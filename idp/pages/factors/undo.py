"""/factor-change/undo: a second factor that another added or removed."""

from flask import Blueprint, Response, request

from idp.accounts.sign_in.second_factor.undo import find_change, undo_change
from idp.pages.mailed_link import mailed_link_page, undone_again, undone_response
from idp.web.pages import page

PATH = "/factor-change/undo"
DONE = f"{PATH}/done"
bp = Blueprint("factor_undo", __name__, url_prefix=PATH)


@bp.get("")
def show_undo() -> Response:
    """Show what a link undoes; only the button does it."""
    return _link_page(request.args.get("token", ""))


@bp.post("")
def submit_undo() -> Response:
    """Undo the change; whoever made it is out, and this browser sets a new password."""
    token = request.form.get("token", "")
    undone = undo_change(token)
    if undone is None:
        return undone_again(token, done=DONE) or _link_page(token)
    return undone_response(
        token, user_id=undone.user_id, since=undone.changed_at, done=DONE
    )


@bp.get("/done")
def show_done() -> Response:
    """Say that it is undone, and lead to a new password."""
    return page("factors/undo.html", state="done")


def _link_page(token: str) -> Response:
    """Render the question, or say that the link is over."""
    return mailed_link_page("factors/undo.html", find_change(token), token=token)
