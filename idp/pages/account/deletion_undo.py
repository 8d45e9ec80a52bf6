"""/account/deletion/undo: keep an account that was to be deleted."""

from flask import Blueprint, Response, request

from idp.accounts.lifecycle.undo import find_deletion, undo_deletion
from idp.pages.mailed_link import mailed_link_page
from idp.web.browser.cookies import browser_digests
from idp.web.pages import page
from idp.web.redirects import redirect_to

bp = Blueprint("deletion_undo", __name__, url_prefix="/account/deletion/undo")


@bp.get("")
def show_undo() -> Response:
    """Show until when the account can be kept; only the button does it."""
    return _link_page(request.args.get("token", ""))


@bp.post("")
def submit_undo() -> Response:
    """Keep the account; its owner signs in anew."""
    token = request.form.get("token", "")
    kept = undo_deletion(token, by=browser_digests())
    return redirect_to("/account/deletion/undo/done") if kept else _link_page(token)


@bp.get("/done")
def show_done() -> Response:
    """Say that the account stays."""
    return page("account/deletion.html", state="kept")


def _link_page(token: str) -> Response:
    """Render the question, or say that the link is over."""
    return mailed_link_page("account/deletion.html", find_deletion(token), token=token)
