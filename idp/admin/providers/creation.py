"""/admin/providers/new: add a provider, from a preset or by its issuer."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import admin_page
from idp.admin.providers.forms import (
    NewProviderForm,
    drop,
    forget_secret,
    said_in,
    show_refusals,
)
from idp.federation.discovery_url import with_issuer_found
from idp.federation.providers.declared import read_declaration
from idp.federation.providers.errors import InvalidProvider
from idp.federation.providers.presets import PRESETS
from idp.federation.providers.redirect_uri import redirect_uri_of
from idp.federation.providers.registry import create_provider
from idp.web.browser.session import get_session
from idp.web.callers import access
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
ALWAYS = ("name", "provider_id", "client_id", "client_secret")
USUAL_SCOPES = {"oidc": "openid profile email", "oauth2": ""}


@bp.get("/new")
def show_new_provider() -> Response:
    """Ask which provider it is, then what has to be known of it."""
    chosen = _chosen()
    if chosen is None:
        return admin_page("admin/providers/choice.html", presets=PRESETS)
    preset = PRESETS.get(chosen)
    values = {
        "name": preset.name if preset else "",
        "provider_id": chosen if preset else "",
        "scopes": USUAL_SCOPES.get(chosen, ""),
    }
    return _new_page(chosen, _asked_of(chosen, open_form(NewProviderForm, **values)))


@bp.post("/new")
def submit_new_provider() -> Response:
    """Add a provider, and lead to what is to be registered there."""
    chosen = _chosen()
    if chosen is None:
        return redirect_to(url_for(".show_new_provider"))
    form = _asked_of(chosen, NewProviderForm())
    if not form.validate():
        return _new_page(chosen, form)
    provider_id = form.provider_id.data or ""
    try:
        declared = read_declaration(
            with_issuer_found(said_in(form) | _named(chosen)),
            tenant=form.tenant.data if "tenant" in form else None,
        )
        create_provider(
            provider_id,
            declared,
            secret=(form.client_secret.data or "").strip() or None,
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
    return chosen if chosen in PRESETS or chosen in ASKED else None


def _named(chosen: str) -> dict[str, Any]:
    """Return the preset, or what a provider without one speaks."""
    return {"preset": chosen} if chosen in PRESETS else {"kind": chosen}


def _asked_of(chosen: str, form: NewProviderForm) -> NewProviderForm:
    """Return a form that asks for what is not known already."""
    preset = PRESETS.get(chosen)
    asked = {*ALWAYS, *(preset.asks if preset else ASKED[chosen])}
    token = form.meta.csrf_field_name
    drop(form, [name for name in form.data if name not in {*asked, token}])
    return form


def _new_page(chosen: str, form: NewProviderForm) -> Response:
    """Render the empty form, or one that was refused."""
    forget_secret(form)
    return admin_page(
        "admin/providers/new.html",
        form=form,
        chosen=chosen,
        preset=PRESETS.get(chosen),
        apple=chosen == "apple",
        redirect_uri=redirect_uri_of(form.provider_id.data or "ID"),
        here=url_for(".show_new_provider", preset=chosen),
    )
