"""/admin/providers/<id>: what is said of a provider, whether it is on, its end."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import admin_page
from idp.admin.providers.directory_forms import (
    DirectoryForm,
    DirectoryTestForm,
    directory_in,
    directory_values,
)
from idp.admin.providers.forms import (
    ENDPOINTS,
    DeleteProviderForm,
    ProviderForm,
    drop,
    forget_secret,
    present_in,
    said_in,
    secret_in,
    show_refusals,
)
from idp.core.context import current
from idp.federation.ldap_members import KIND
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
from idp.federation.trial import ProviderTrial, try_provider
from idp.security.outbound.client import Outbound
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
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
    form = _asked_of(provider, _kind_of(provider)())
    if not form.validate():
        return _provider_page(provider, form=form)
    try:
        change_provider(
            provider_id,
            read_declaration(_said_in(form, provider), present=said_of(provider)),
            secret=secret_in(form),
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
    """Try a provider as it is set up, and say what came of it.

    Who was looked for in a directory is named in no address.
    """
    asked = DirectoryTestForm()
    login = asked.login.data or "" if asked.validate() else ""
    done = try_provider(provider_id, login=login, by=get_session().user_id)
    if login:
        return _provider_page(get_provider(provider_id), trial=done, asked=asked)
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


def _kind_of(provider: Provider) -> type[PageForm]:
    """Return the form of such a provider."""
    return DirectoryForm if provider.kind == KIND else ProviderForm


def _present_form(provider: Provider) -> PageForm:
    """Return its form with what holds; another form of the page may have been sent."""
    kind, directory = _kind_of(provider), provider.kind == KIND
    values = directory_values(provider) if directory else present_in(provider)
    if request.method == "POST":
        return kind(formdata=None, data=values)
    return open_form(kind, **values)


def _said_in(form: PageForm, provider: Provider) -> dict[str, Any]:
    """Return what its form says."""
    if provider.kind == KIND:
        return directory_in(form, present=provider.ldap)
    return said_in(form)


def _asked_of(provider: Provider, form: PageForm) -> PageForm:
    """Return a form that asks for what such a provider has."""
    if provider.kind != KIND:
        drop(form, ENDPOINTS if provider.kind == "oidc" else ["issuer"])
    elif not (current(Outbound).allow_loopback or provider.ldap.get("tls")):
        drop(form, ["tls"])
    if Permission.USERS_ROLES not in access.held_here():
        drop(form, ["roles"])
    if provider.organization_id is None:
        drop(form, ["private_networks"])
    return form


def _provider_page(
    provider: Provider,
    *,
    form: PageForm | None = None,
    deletion: DeleteProviderForm | None = None,
    trial: ProviderTrial | None = None,
    asked: DirectoryTestForm | None = None,
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
        "form": form or _asked_of(provider, _present_form(provider)),
        "deletion": deletion or open_form(DeleteProviderForm),
        "here": url_for(".show_provider", provider_id=provider.id),
        "asked": asked or DirectoryTestForm(formdata=None),
        "tested": _tested(trial),
        "saved": "saved" in request.args,
        "added": "added" in request.args,
    }
    page = "directory" if provider.kind == KIND else "provider"
    return admin_page(f"admin/providers/{page}.html", **shown)


def _registration(provider: Provider) -> str | None:
    """Return where an operator registers this server at a provider, if we know."""
    known = PRESETS.get(provider.preset or "")
    return known.registration if known else None


def _tested(trial: ProviderTrial | None) -> dict[str, Any] | None:
    """Return what came of a test that was just made, or that the address tells of."""
    trial = trial or trial_of(request.args.get("tested", ""))
    if trial is None:
        return None
    words = trial_words(trial)
    return {"passed": trial.passed, "words": words, "found": trial.found}
