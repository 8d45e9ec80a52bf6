"""The providers of an organization: those that there are, and how one is added."""

from flask import Response

from idp.federation.discovery_url import with_issuer_found
from idp.federation.of_organizations.providers import (
    MOST,
    create_own_provider,
    list_own_providers,
)
from idp.federation.providers.errors import (
    InvalidProvider,
    ProviderInUse,
    TooManyProviders,
)
from idp.organizations.domains.verified import verified_of
from idp.organizations.models import Organization
from idp.organizations.rights import Right
from idp.security.outbound.reach import public_addresses_alone
from idp.web.forms import PageForm
from idp.web.organizations.frame import Face, refused
from idp.web.organizations.provider_forms import (
    USUAL_SCOPES,
    NewOwnProviderForm,
    forget_secret,
    said_in,
    secret_in,
)
from idp.web.words import message_of

PROVIDERS = "providers"


def providers_page(
    face: Face,
    organization: Organization,
    *,
    form: NewOwnProviderForm | None = None,
    words: str = "",
) -> Response:
    """Render the list, and the form that adds one; it may have been refused."""
    return face.show(
        "organizations/providers.html",
        organization,
        providers=list_own_providers(organization),
        domains=verified_of(organization.id),
        form=form or NewOwnProviderForm(formdata=None),
        most=MOST,
        words=words,
    )


def act_on_providers_page(face: Face, organization: Organization) -> Response:
    """Add a provider, and lead to what is to be registered there."""
    form, organization_id = NewOwnProviderForm(), organization.id
    said = {**said_in(form), "scopes": USUAL_SCOPES.split()}
    words = ""
    try:
        with public_addresses_alone():
            said = with_issuer_found(said)
        organization = face.open(organization_id, Right.PROVIDERS)
        made = create_own_provider(
            organization, said, secret=secret_in(form), actor=face.actor()
        )
        return face.back(organization, PROVIDERS, made.id, done="provider_added")
    except InvalidProvider as refusal:
        show_refused(form, refusal)
    except TooManyProviders as refusal:
        words = refused(refusal)
    forget_secret(form)
    opened = face.open(organization_id, Right.PROVIDERS)
    return providers_page(face, opened, form=form, words=words)


def show_refused(form: PageForm, refusal: InvalidProvider | ProviderInUse) -> None:
    """Undo, and put what a rule refused beside its field, which the sentence needs."""
    refused(refusal)
    for error in refusal.errors:
        if error.field in form:
            field = form[error.field]
            words = f"{field.label.text}: {message_of(error)}"
            field.errors = [*field.errors, words]
        else:
            form.form_errors.append(f"{error.field}: {message_of(error)}")
