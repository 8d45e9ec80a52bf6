"""One provider of an organization: its settings, a test, off and on, and its end."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from idp.federation.of_organizations.providers import (
    change_own_provider,
    delete_own_provider,
    get_own_provider,
    switch_own_provider,
)
from idp.federation.providers.errors import InvalidProvider, ProviderInUse
from idp.federation.providers.links import count_linked
from idp.federation.providers.provider import Provider
from idp.federation.providers.view import told_of
from idp.federation.trial import try_own_provider
from idp.organizations.models import Organization
from idp.organizations.rights import Right
from idp.web.organizations.forms import NameTypedForm
from idp.web.organizations.frame import Face, no_such_name
from idp.web.organizations.provider_forms import (
    OwnProviderForm,
    forget_secret,
    present_in,
    said_in,
    secret_in,
)
from idp.web.organizations.providers_page import PROVIDERS, show_refused
from idp.web.provider_words import told_trial, trial_of, trial_words
from idp.web.redirects import redirect_to


def provider_page(
    face: Face,
    organization: Organization,
    *,
    provider_id: str,
    form: OwnProviderForm | None = None,
    deletion: NameTypedForm | None = None,
) -> Response:
    """Render all forms about a provider; one that was refused as it was sent."""
    provider = get_own_provider(organization, provider_id)
    linked = count_linked(provider_id)
    return face.show(
        "organizations/provider.html",
        organization,
        provider=told_of(provider, linked=linked.users),
        stranded=linked.stranded,
        form=form or _present_form(provider),
        deletion=deletion or NameTypedForm(formdata=None),
        tested=_tested(),
    )


def act_on_provider_page(
    face: Face, organization: Organization, *, provider_id: str
) -> Response:
    """Do what a button of the page says."""
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        return provider_page(face, organization, provider_id=provider_id)
    return act(face, organization, provider_id=provider_id)


def _save(face: Face, organization: Organization, *, provider_id: str) -> Response:
    """Say something else of it; an empty secret stays."""
    form, organization_id = OwnProviderForm(), organization.id
    try:
        change_own_provider(
            organization,
            provider_id,
            said=said_in(form),
            secret=secret_in(form),
            actor=face.actor(),
        )
    except (InvalidProvider, ProviderInUse) as refusal:
        show_refused(form, refusal)
        forget_secret(form)
        opened = face.open(organization_id, Right.PROVIDERS)
        return provider_page(face, opened, provider_id=provider_id, form=form)
    return face.back(organization, PROVIDERS, provider_id, done="saved")


def _test(face: Face, organization: Organization, *, provider_id: str) -> Response:
    """Try it as it is set up; raises RateLimited."""
    here = face.path(organization, PROVIDERS, provider_id)
    done = try_own_provider(organization, provider_id, actor=face.actor())
    return redirect_to(f"{here}?tested={told_trial(done)}")


def _switch(face: Face, organization: Organization, *, provider_id: str) -> Response:
    """Let nobody sign in by it, or let them again."""
    off = request.form.get("act") == "disable"
    switch_own_provider(organization, provider_id, off=off, actor=face.actor())
    return face.back(organization, PROVIDERS, provider_id, done="saved")


def _delete(face: Face, organization: Organization, *, provider_id: str) -> Response:
    """Delete it after its name was typed."""
    form, provider = NameTypedForm(), get_own_provider(organization, provider_id)
    if (form.confirmation.data or "").strip() != provider.name:
        form.confirmation.errors = [no_such_name()]
        return provider_page(face, organization, provider_id=provider_id, deletion=form)
    delete_own_provider(organization, provider_id, actor=face.actor())
    return face.back(organization, PROVIDERS, done="provider_deleted")


ACTS: Mapping[str, Callable[..., Response]] = {
    "save": _save,
    "test": _test,
    "disable": _switch,
    "enable": _switch,
    "delete": _delete,
}


def _present_form(provider: Provider) -> OwnProviderForm:
    """Return the form with what holds."""
    return OwnProviderForm(formdata=None, data=present_in(provider))


def _tested() -> dict[str, Any] | None:
    """Return what came of a test that the address tells of."""
    trial = trial_of(request.args.get("tested", ""))
    return {"passed": trial.passed, "words": trial_words(trial)} if trial else None
