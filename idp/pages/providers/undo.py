"""/link-change/undo: a provider that another linked to an account, or unlinked."""

from flask import Blueprint, Response, request

from idp.federation.links.notices import PATH
from idp.federation.links.undo import find_link_change, undo_link_change
from idp.federation.models import LinkChange
from idp.federation.providers.cache import find_provider
from idp.pages.mailed_link import mailed_link_page, undone_again, undone_response
from idp.web.pages import page

DONE = f"{PATH}/done"
TEMPLATE = "account/link_undo.html"
bp = Blueprint("link_undo", __name__, url_prefix=PATH)


@bp.get("")
def show_undo() -> Response:
    """Show what a link undoes; only the button does it."""
    return _link_page(request.args.get("token", ""))


@bp.post("")
def submit_undo() -> Response:
    """Undo the change; whoever made it is out, and this browser sets a new password."""
    token = request.form.get("token", "")
    undone = undo_link_change(token)
    if undone is None:
        return undone_again(token, done=DONE) or _link_page(token)
    return undone_response(
        token, user_id=undone.user_id, since=undone.changed_at, done=DONE
    )


@bp.get("/done")
def show_done() -> Response:
    """Say that it is undone, and lead to a new password."""
    return page(TEMPLATE, state="done")


def _link_page(token: str) -> Response:
    """Render the question, or say that the link is over."""
    found = find_link_change(token)
    return mailed_link_page(
        TEMPLATE,
        found,
        token=token,
        provider_name=_name_in(found) if found else None,
    )


def _name_in(change: LinkChange) -> str:
    """Return what the provider of a change is called."""
    provider = find_provider(change.provider_id)
    return provider.name if provider else change.provider_id
