"""/admin/providers/<id>: what is said of a provider, whether it is on, its end."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import admin_page
from idp.admin.providers.forms import (
    ENDPOINTS,
    DeleteProviderForm,
    ProviderForm,
    drop,
    forget_secret,
    present_in,
    said_in,
    show_refusals,
)
from idp.federation.providers.declared import read_declaration
from idp.federation.providers.errors import InvalidProvider, ProviderInUse
from idp.federation.providers.links import count_linked
from idp.federation.providers.presets import PRESETS
from idp.federation.providers.provider import Provider
from idp.federation.providers.registry import (
    change_provider,
    delete_provider,
    get_provider,
    switch_provider,
)
from idp.federation.providers.rows import said_of
from idp.federation.providers.view import told_of
from idp.federation.trial import try_provider
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.provider_words import told_trial, trial_of, trial_words
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("provider_settings", __name__, url_prefix="/admin/providers")
access.protect(bp, read=Permission.PROVIDERS_READ, write=Permission.PROVIDERS_WRITE)


@bp.get("/<segment:provider_id>")
def show_provider(provider_id: str) -> Response:
    """Show what is said of a provider, and what is to be registered there."""
    return _provider_page(get_provider(provider_id))


@bp.post("/<segment:provider_id>")
def submit_provider(provider_id: str) -> Response:
    """Say something else of a provider; an empty secret stays."""
    provider = get_provider(provider_id)
    form = _asked_of(provider, ProviderForm())
    if not form.validate():
        return _provider_page(provider, form=form)
    try:
        change_provider(
            provider_id,
            read_declaration(said_in(form), present=said_of(provider)),
            secret=(form.client_secret.data or "").strip() or None,
            held=access.held_here(),
            by=get_session().user_id,
        )
    except (InvalidProvider, ProviderInUse) as refusal:
        undo()
        show_refusals(form, refusal.errors)
        return _provider_page(get_provider(provider_id), form=form)
    return redirect_to(url_for(".show_provider", provider_id=provider_id, saved=1))


@bp.post("/<segment:provider_id>/switch")
def submit_switch(provider_id: str) -> Response:
    """Let nobody sign in by a provider, or let them again."""
    off = request.form.get("action") == "disable"
    switch_provider(provider_id, off=off, by=get_session().user_id)
    return redirect_to(url_for(".show_provider", provider_id=provider_id, saved=1))


@bp.post("/<segment:provider_id>/test")
def submit_test(provider_id: str) -> Response:
    """Try a provider as it is set up, and say what came of it."""
    done = try_provider(provider_id, by=get_session().user_id)
    there = url_for(".show_provider", provider_id=provider_id, tested=told_trial(done))
    return redirect_to(there)


@bp.post("/<segment:provider_id>/delete")
def submit_delete_provider(provider_id: str) -> Response:
    """Delete a provider after its id was typed."""
    provider, form = get_provider(provider_id), DeleteProviderForm()
    if (form.confirmation.data or "") != provider.id:
        words = gettext("Type the ID exactly as it stands above.")
        form.confirmation.errors = [words]
        return _provider_page(provider, deletion=form)
    delete_provider(provider_id, by=get_session().user_id)
    return redirect_to(url_for("providers.show_providers", deleted=1))


def _asked_of(provider: Provider, form: ProviderForm) -> ProviderForm:
    """Return a form that asks for what such a provider has."""
    drop(form, ENDPOINTS if provider.kind == "oidc" else ["issuer"])
    if Permission.USERS_ROLES not in access.held_here():
        drop(form, ["roles"])
    return form


def _provider_page(
    provider: Provider,
    *,
    form: ProviderForm | None = None,
    deletion: DeleteProviderForm | None = None,
) -> Response:
    """Render all forms about a provider."""
    if form:
        forget_secret(form)
    linked = count_linked(provider.id)
    told = told_of(provider, linked=linked.users)
    shown: dict[str, Any] = {
        "provider": told,
        "stranded": linked.stranded,
        "registration": _registration(provider),
        "form": form
        or _asked_of(provider, open_form(ProviderForm, **present_in(provider))),
        "deletion": deletion or open_form(DeleteProviderForm),
        "here": url_for(".show_provider", provider_id=provider.id),
        "tested": _tested(),
        "saved": "saved" in request.args,
        "added": "added" in request.args,
    }
    return admin_page("admin/providers/provider.html", **shown)


def _registration(provider: Provider) -> str | None:
    """Return where an operator registers this server at a provider, if we know."""
    known = PRESETS.get(provider.preset or "")
    return known.registration if known else None


def _tested() -> dict[str, Any] | None:
    """Return what the address says of a test that was just made."""
    trial = trial_of(request.args.get("tested", ""))
    return {"passed": trial.passed, "words": trial_words(trial)} if trial else None
