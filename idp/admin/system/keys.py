"""/admin/keys: the keys that sign tokens, and what follows them."""

from flask import Blueprint, Response, request, url_for
from flask_babel import lazy_gettext, ngettext
from wtforms import RadioField

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import admin_page
from idp.core.context import current
from idp.oauth.keys.listing import list_keys
from idp.oauth.keys.rotation import KeyWaits, rotate
from idp.oauth.settings import OAuthSettings
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo
from idp.web.words import title_of

LATER, NOW = "later", "now"
LEAKED = lazy_gettext(
    "For a key that may have leaked. Apps that ask for no key they do not know "
    "refuse sign-ins until they fetch the keys again."
)
WHEN = (
    (LATER, None, lazy_gettext("Every app has fetched the new keys by then.")),
    (NOW, lazy_gettext("Within half a minute"), LEAKED),
)

bp = Blueprint("keys", __name__, url_prefix="/admin/keys")
access.protect(
    bp,
    read=Permission.KEYS_READ,
    write=Permission.KEYS_ROTATE,
    forms=("show_rotation",),
)


class RotationForm(PageForm):
    """When the new keys are to sign."""

    when = RadioField(lazy_gettext("When"), choices=[LATER, NOW], default=LATER)


@bp.get("")
def show_keys() -> Response:
    """List the keys by algorithm, the newest first."""
    return admin_page(
        "admin/system/keys.html",
        keys=list_keys(),
        rotated="rotated" in request.args,
        revoked="revoked" in request.args,
        may_revoke=Permission.KEYS_REVOKE in access.held_here(),
    )


@bp.get("/rotate")
def show_rotation() -> Response:
    """Say what a rotation does, and ask whether it is meant."""
    return _rotation_page(open_form(RotationForm))


@bp.post("/rotate")
def submit_rotation() -> Response:
    """Make the next keys."""
    form = RotationForm()
    if not form.validate():
        return _rotation_page(form)
    try:
        rotate(now=form.when.data == NOW, by=get_session().user_id)
    except KeyWaits as refusal:
        undo()
        form.when.errors = [title_of(refusal)]
        return _rotation_page(form)
    return redirect_to(url_for(".show_keys", rotated=1))


def _rotation_page(form: RotationForm) -> Response:
    """Render the question."""
    hours = round(current(OAuthSettings).key_publish_seconds / 3600)
    later = ngettext("In %(num)s hour", "In %(num)s hours", hours)
    return admin_page(
        "admin/system/rotate.html",
        form=form,
        signing=[key for key in list_keys() if key.state in ("signing", "next")],
        choices=[(value, label or later, hint) for value, label, hint in WHEN],
    )
