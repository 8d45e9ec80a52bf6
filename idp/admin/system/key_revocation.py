"""/admin/keys/…/revoke: a signing key that may be in other hands."""

from flask import Blueprint, Response, url_for

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import admin_page
from idp.oauth.keys.listing import find_key
from idp.oauth.keys.revocation import NoSuchKey, revoke
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.redirects import redirect_to

bp = Blueprint("key_revocation", __name__, url_prefix="/admin/keys/<segment:kid>")
access.protect(bp, read=Permission.KEYS_REVOKE, write=Permission.KEYS_REVOKE)


class RevocationForm(PageForm):
    """Nothing to fill in: whether it is meant."""


@bp.get("/revoke")
def show_revocation(kid: str) -> Response:
    """Say what ends with a key, and ask whether it is meant."""
    key = find_key(kid)
    if key is None:
        raise NoSuchKey
    form = open_form(RevocationForm)
    return admin_page("admin/system/revoke.html", form=form, key=key)


@bp.post("/revoke")
def submit_revocation(kid: str) -> Response:
    """Take the key out of use."""
    revoke(kid, by=get_session().user_id)
    return redirect_to(url_for("keys.show_keys", revoked=1))
