"""/admin/providers/new: add a provider, from a preset or by its issuer."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import admin_page
from idp.admin.providers.directory_forms import NewDirectoryForm, directory_in
from idp.admin.providers.forms import (
    NewProviderForm,
    drop,
    forget_secret,
    said_in,
    secret_in,
    show_refusals,
)
from idp.federation.discovery_url import with_issuer_found
from idp.federation.ldap_members import AD_USER_FILTER, KIND, USER_FILTER
from idp.federation.providers.declared import read_declaration
from idp.federation.providers.errors import InvalidProvider
from idp.federation.providers.presets import PRESETS
from idp.federation.providers.redirect_uri import redirect_uri_of
from idp.federation.providers.registry import create_provider
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("provider_creation", __name__, url_prefix="/admin/providers")
access.protect(
    bp,
    read=Permission.PROVIDERS_READ,
    write=Permission.PROVIDERS_WRITE,
    forms=("show_new_provider",),
)
# What is asked of a provider without a preset.
ASKED = {
    "oidc": ("issuer", "scopes"),
    "oauth2": (
        *("authorization_endpoint", "token_endpoint", "userinfo_endpoint"),
        "scopes",
    ),
}
# How people are searched for, unless an operator says otherwise.
DIRECTORIES = {KIND: USER_FILTER, "active-directory": AD_USER_FILTER}
ALWAYS = ("name", "provider_id", "client_id", "client_secret", "organization_id")
USUAL_SCOPES = {"oidc": "openid profile email", "oauth2": ""}


@bp.get("/new")
def show_new_provider() -> Response:
    """Ask which provider it is, then what has to be known of it."""
    chosen = _chosen()
    if chosen is None:
        shown = {name: PRESETS[name] for name in PRESETS if name not in DIRECTORIES}
        return admin_page("admin/providers/choice.html", presets=shown)
    preset = PRESETS.get(chosen)
    values = {
        "name": preset.name if preset else "",
        "provider_id": chosen if preset else "",
        "scopes": USUAL_SCOPES.get(chosen, ""),
        "user_filter": DIRECTORIES.get(chosen, ""),
    }
    kind = NewDirectoryForm if chosen in DIRECTORIES else NewProviderForm
    return _new_page(chosen, _asked_of(chosen, open_form(kind, **values)))


@bp.post("/new")
def submit_new_provider() -> Response:
    """Add a provider, and lead to what is to be registered there."""
    chosen = _chosen()
    if chosen is None:
        return redirect_to(url_for(".show_new_provider"))
    is_directory = chosen in DIRECTORIES
    kind = NewDirectoryForm if is_directory else NewProviderForm
    form = _asked_of(chosen, kind())
    if not form.validate():
        return _new_page(chosen, form)
    provider_id = form["provider_id"].data or ""
    said = directory_in(form, present={}) if is_directory else said_in(form)
    try:
        declared = read_declaration(
            with_issuer_found(said | _named(chosen)),
            tenant=form["tenant"].data if "tenant" in form else None,
        )
        create_provider(
            provider_id,
            declared,
            secret=secret_in(form),
            held=access.held_here(),
            by=get_session().user_id,
        )
    except InvalidProvider as refusal:
        undo()
        show_refusals(form, refusal.errors)
        return _new_page(chosen, form)
    there = url_for("provider_settings.show_provider", provider_id=provider_id, added=1)
    return redirect_to(there)


def _chosen() -> str | None:
    """Return which provider the address is about: a preset, or what it speaks."""
    chosen = request.args.get("preset", "")
    known = chosen in PRESETS or chosen in ASKED or chosen in DIRECTORIES
    return chosen if known else None


def _named(chosen: str) -> dict[str, Any]:
    """Return the preset, or what a provider without one speaks."""
    return {"preset": chosen} if chosen in PRESETS else {"kind": chosen}


def _asked_of(chosen: str, form: PageForm) -> PageForm:
    """Return a form that asks for what is not known already."""
    if chosen in DIRECTORIES:
        return form
    preset = PRESETS.get(chosen)
    asked = {*ALWAYS, *(preset.asks if preset else ASKED[chosen])}
    token = form.meta.csrf_field_name
    drop(form, [name for name in form.data if name not in {*asked, token}])
    return form


def _new_page(chosen: str, form: PageForm) -> Response:
    """Render the empty form, or one that was refused."""
    forget_secret(form)
    directory = chosen in DIRECTORIES
    return admin_page(
        f"admin/providers/{'new_directory' if directory else 'new'}.html",
        form=form,
        chosen=chosen,
        preset=PRESETS.get(chosen),
        apple=chosen == "apple",
        redirect_uri=redirect_uri_of(form["provider_id"].data or "ID"),
        here=url_for(".show_new_provider", preset=chosen),
    )
