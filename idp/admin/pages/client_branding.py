"""/admin/clients/<id>/branding: colour and logos of a client's pages, and its links."""

from flask import Blueprint, Response, request, url_for

from idp.accounts.access.permissions import Permission
from idp.admin.branding.swatches import swatches
from idp.admin.pages.client_forms import BrandingForm, lines, open_form, show_errors
from idp.admin.pages.frame import client_page
from idp.core.pictures.bitmaps import MAX_UPLOAD_BYTES
from idp.oauth.clients.branding.changes import (
    BrandingChange,
    LogoChange,
    set_branding,
)
from idp.oauth.clients.branding.files import COLOUR, brand_of
from idp.oauth.clients.changes import get_client
from idp.oauth.models import Client
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.http.uploads import takes_files
from idp.web.pages import THEMES, interaction_page
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

LINKS = ("client_uri", "policy_uri", "tos_uri")

bp = Blueprint("client_branding", __name__, url_prefix="/admin/clients")
access.protect(bp, read=Permission.CLIENTS_READ, write=Permission.BRANDING)


@bp.get("/<segment:client_id>/branding")
def show_branding(client_id: str) -> Response:
    """Show the branding of a client."""
    return _branding_page(get_client(client_id))


@bp.post("/<segment:client_id>/branding")
@takes_files(2 * MAX_UPLOAD_BYTES)
def submit_branding(client_id: str) -> Response:
    """Change the branding; nothing is kept unless all of it is fine."""
    form = BrandingForm()
    get_client(client_id)
    if not form.validate():
        return _branding_page(get_client(client_id), form)
    problems = set_branding(client_id, _branding_in(form), by=get_session().user_id)
    if problems:
        undo()
        show_errors(form, problems)
        return _branding_page(get_client(client_id), form)
    there = url_for(".show_branding", client_id=client_id, saved=1)
    return redirect_to(there)


@bp.get("/<segment:client_id>/branding/preview")
def show_preview(client_id: str) -> Response:
    """Show a card in the client's branding, light or dark."""
    client, theme = get_client(client_id), request.args.get("theme")
    return interaction_page(
        "admin/clients/preview.html",
        client_name=client.client_name,
        brand=brand_of(client_id, client.branding),
        theme=theme if theme in THEMES else None,
        back_url=url_for(".show_branding", client_id=client_id),
    )


def _branding_in(form: BrandingForm) -> BrandingChange:
    """Return what the fields ask for."""
    return BrandingChange(
        colour=form.colour.data or "",
        links={name: form[name].data or "" for name in LINKS},
        contacts=lines(form.contacts.data),
        logo=_logo_in(form, "logo"),
        dark_logo=_logo_in(form, "dark_logo"),
    )


def _logo_in(form: BrandingForm, name: str) -> LogoChange:
    """Return the file of one logo, and whether the old one is to go."""
    upload, remove = request.files.get(name), form[f"remove_{name}"].data
    return LogoChange(upload.read() if upload else b"", remove=remove)


def _branding_page(client: Client, form: BrandingForm | None = None) -> Response:
    """Render the fields, with the present look beside them."""
    branding, registered = client.branding or {}, client.registered
    present = {name: registered.get(name, "") for name in LINKS}
    return client_page(
        "admin/clients/branding.html",
        client,
        form=form
        or open_form(
            BrandingForm,
            colour=branding.get(COLOUR, ""),
            contacts="\n".join(registered["contacts"]),
            **present,
        ),
        look=brand_of(client.client_id, branding),
        swatches=swatches(branding.get(COLOUR)),
        preview_url=url_for(".show_preview", client_id=client.client_id),
        saved="saved" in request.args,
    )
