"""/admin/branding: what the server is called and how it looks."""

from flask import Blueprint, Response, request

from idp.accounts.access.permissions import Permission
from idp.admin.branding.swatches import swatches
from idp.admin.pages.client_forms import open_form, show_errors
from idp.admin.pages.frame import admin_page
from idp.administration.branding.changes import (
    InvalidBranding,
    change_branding,
    hold_branding,
)
from idp.core.branding.instance import InstanceBranding, instance_branding
from idp.core.pictures.bitmaps import MAX_UPLOAD_BYTES
from idp.web.branding.form import (
    InstanceBrandingForm,
    sent_logos,
    typed_branding,
)
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.http.uploads import takes_files
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

PATH = "/admin/branding"

bp = Blueprint("instance_branding", __name__)
access.protect(bp, read=Permission.SETTINGS_READ, write=Permission.BRANDING)


@bp.get(PATH)
def show_instance_branding() -> Response:
    """Show what there is, with a preview beside it."""
    present = instance_branding()
    form = open_form(
        InstanceBrandingForm,
        name=present.name or "",
        colour=present.colour or "",
        **present.links,
    )
    return _page(form, present)


@bp.post(PATH)
@takes_files(2 * MAX_UPLOAD_BYTES)
def submit_instance_branding() -> Response:
    """Keep what was typed and sent; nothing unless all of it is fine."""
    form = InstanceBrandingForm()
    if not form.validate():
        return _page(form, instance_branding())
    logos, errors = sent_logos(form)
    hold_branding()
    try:
        change_branding(typed_branding(form), by=get_session().user_id, logos=logos)
    except InvalidBranding as refusal:
        errors += refusal.errors
    if errors:
        undo()
        show_errors(form, errors)
        return _page(form, instance_branding())
    return redirect_to(f"{PATH}?saved=1")


def _page(form: InstanceBrandingForm, present: InstanceBranding) -> Response:
    """Render the fields and the frame that shows how it would be."""
    return admin_page(
        "admin/branding/page.html",
        frame_src="'self'",
        form=form,
        present=present,
        preview_url=f"{PATH}/preview",
        swatches=swatches(present.colour),
        saved="saved" in request.args,
    )
