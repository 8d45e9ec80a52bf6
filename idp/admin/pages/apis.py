"""/admin/apis: the resource servers that apps may ask for tokens for."""

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from idp.accounts.access.permissions import Permission
from idp.admin.lists import asked_page, asked_text, page_urls
from idp.admin.pages.api_forms import (
    ApiForm,
    DeleteApiForm,
    NewApiForm,
    declared_in,
    scope_lines,
)
from idp.admin.pages.client_forms import open_form, show_errors
from idp.admin.pages.frame import admin_page
from idp.core.context import current
from idp.oauth.apis.builtin import builtin_names
from idp.oauth.apis.permissions import clients_of, count_clients
from idp.oauth.apis.registry import (
    InvalidApi,
    change_api,
    count_scopes,
    create_api,
    declaration_of,
    delete_api,
    get_api_by_id,
)
from idp.oauth.apis.search import search_apis
from idp.oauth.models import Api
from idp.oauth.settings import OAuthSettings
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("apis", __name__, url_prefix="/admin/apis")
access.protect(
    bp, read=Permission.APIS_READ, write=Permission.APIS_WRITE, forms=("show_new_api",)
)


@bp.get("")
def show_apis() -> Response:
    """List the registered APIs by name, and those that this server is itself."""
    text, query = asked_text("q"), asked_page()
    found = search_apis(text, query)
    here, kept = url_for(".show_apis"), {"q": text} if text else {}
    scopes, clients = count_scopes(), count_clients()
    return admin_page(
        "admin/apis/list.html",
        apis=[
            {
                "url": url_for(".show_api", api_id=api.id),
                "name": api.name,
                "identifier": api.identifier,
                "imported": api.imported,
                "scopes": scopes.get(api.id, 0),
                "clients": clients.get(api.id, 0),
            }
            for api in found.items
        ],
        text=text,
        built_in={key: gettext(name) for key, name in builtin_names().items()},
        deleted="deleted" in request.args,
        **page_urls(here, found, asked=query, filters=kept),
    )


@bp.get("/new")
def show_new_api() -> Response:
    """Ask for what is to be registered."""
    return _new_page(open_form(NewApiForm))


@bp.post("/new")
def submit_new_api() -> Response:
    """Register an API."""
    form = NewApiForm()
    if not form.validate():
        return _new_page(form)
    identifier = (form.identifier.data or "").strip()
    try:
        api = create_api(identifier, declared_in(form), by=get_session().user_id)
    except InvalidApi as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _new_page(form)
    return redirect_to(url_for(".show_api", api_id=api.id, saved=1))


@bp.get("/<segment:api_id>")
def show_api(api_id: str) -> Response:
    """Show what is declared of an API, and which apps may ask for it."""
    return _api_page(get_api_by_id(api_id))


@bp.post("/<segment:api_id>")
def submit_api(api_id: str) -> Response:
    """Declare something else of an API."""
    api, form = get_api_by_id(api_id), ApiForm()
    if not form.validate():
        return _api_page(api, form=form)
    try:
        change_api(api, declared_in(form), by=get_session().user_id)
    except InvalidApi as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _api_page(get_api_by_id(api_id), form=form)
    return redirect_to(url_for(".show_api", api_id=api_id, saved=1))


@bp.post("/<segment:api_id>/delete")
def submit_delete_api(api_id: str) -> Response:
    """Delete an API after its identifier was typed."""
    api, form = get_api_by_id(api_id), DeleteApiForm()
    if (form.confirmation.data or "").strip() != api.identifier:
        words = gettext("Type the identifier exactly as it stands above.")
        form.confirmation.errors = [words]
        return _api_page(api, deletion=form)
    delete_api(api, by=get_session().user_id)
    return redirect_to(url_for(".show_apis", deleted=1))


def _new_page(form: NewApiForm) -> Response:
    """Render the empty form, or one that was refused."""
    return admin_page("admin/apis/new.html", form=form, ceilings=current(OAuthSettings))


def _api_page(
    api: Api, *, form: ApiForm | None = None, deletion: DeleteApiForm | None = None
) -> Response:
    """Render both forms of an API."""
    declared = declaration_of(api)
    present = {
        "name": declared.name,
        "scopes": scope_lines(declared.scopes),
        "signing_alg": declared.signing_alg or "",
        "access_token_seconds": str(declared.access_token_seconds or ""),
    }
    return admin_page(
        "admin/apis/api.html",
        api=api,
        form=form or open_form(ApiForm, **present),
        deletion=deletion or open_form(DeleteApiForm),
        clients=clients_of(api),
        ceilings=current(OAuthSettings),
        saved="saved" in request.args,
    )
