"""/api/organizations/{id}/providers: who else signs an organization's people in."""

from datetime import datetime
from typing import Any

from flask import Response
from pydantic import Field

from idp.accounts.access.principal import Caller
from idp.api.admin.providers.fields import (
    CLAIMS_HELP,
    ORGANIZATION_ROLES_HELP,
    PRESET_NAMES,
    PROOF_HELP,
    LinkPolicyName,
    ProviderAuthMethod,
    ProviderResponseMode,
    ProviderTest,
)
from idp.api.organizations.organizations import CHANGE_REFUSALS, ONE, REFUSALS
from idp.core.errors import RateLimited
from idp.federation.discovery_url import with_issuer_found
from idp.federation.of_organizations.providers import (
    OWNERS_SAY,
    change_own_provider,
    create_own_provider,
    delete_own_provider,
    get_own_provider,
    list_own_providers,
    switch_own_provider,
)
from idp.federation.providers.errors import (
    InvalidProvider,
    ProviderInUse,
    TooManyProviders,
    UnknownProvider,
)
from idp.federation.providers.links import count_links
from idp.federation.providers.provider import CLAIMS, Provider
from idp.federation.providers.view import told_of
from idp.federation.trial import try_own_provider
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.organizations.access import open_organization
from idp.organizations.rights import Right
from idp.security.outbound.reach import public_addresses_alone
from idp.web.callers.organizations import actor_of, admit_change
from idp.web.json.models import Answer, Body
from idp.web.json.routes import JsonBlueprint, reply
from idp.web.provider_words import trial_words

api = JsonBlueprint(
    "organization_providers_api", __name__, tag="Organizations: providers"
)
PROVIDERS = f"{ONE}/providers"
PROVIDER = f"{PROVIDERS}/<provider_id>"


class OwnProviderChange(Body):
    """What owners say of a provider of theirs; what is left out stays.

    It signs in who has an address at a verified domain of the organization, and nobody
    else.
    """

    name: str | None = Field(None, description="What people read on its button")
    icon: str | None = Field(None, description=f"One of {PRESET_NAMES}")
    issuer: str | None = Field(
        None, description="Of an OpenID Provider; a new one’s discovery URL"
    )
    client_id: str = ""
    auth_method: ProviderAuthMethod = ProviderAuthMethod.CLIENT_SECRET_BASIC
    key_id: str | None = None
    scopes: list[str] = Field([])
    response_mode: ProviderResponseMode | None = None
    claims: dict[str, str] = Field(dict(CLAIMS), description=CLAIMS_HELP)
    groups_claim: str | None = Field(None, description="The claim that has groups")
    organization_roles: dict[str, str] = Field({}, description=ORGANIZATION_ROLES_HELP)
    trust_email: bool = Field(
        default=True, description="Take its word for whose an address is"
    )
    allows_sign_up: bool = True
    link: LinkPolicyName = LinkPolicyName.VERIFIED
    client_secret: str | None = Field(None, description=PROOF_HELP)
    disabled: bool = False


class NewOwnProvider(OwnProviderChange):
    """A provider to be; with a preset, little else has to be said."""

    preset: str | None = Field(None, description=f"One of {PRESET_NAMES}")
    tenant: str | None = Field(None, description="The directory ID, at Microsoft")


class OwnProviderAnswer(Answer):
    """A provider of an organization; `linked` is how many people sign in by it now.

    `redirect_uri` is what is registered there. `public_jwk` is the key that proves
    this server there, null where that is a secret. `private_networks` is an operator's
    to say, and void with another `issuer`.
    """

    __qualname__ = "OrganizationProvider"  # as the API document calls it

    id: str
    name: str
    kind: str
    preset: str | None
    icon: str | None
    issuer: str | None
    client_id: str
    auth_method: str
    key_id: str | None
    scopes: list[str]
    response_mode: ProviderResponseMode | None
    claims: dict[str, str]
    groups_claim: str | None
    organization_roles: dict[str, str]
    trust_email: bool
    allows_sign_up: bool
    link: LinkPolicyName
    private_networks: bool
    has_secret: bool
    public_jwk: dict[str, Any] | None
    redirect_uri: str
    linked: int
    disabled_at: datetime | None
    created_at: datetime
    updated_at: datetime


@api.operation(
    "GET",
    PROVIDERS,
    id="organization_providers_api_show_all",
    answers={200: list[OwnProviderAnswer]},
    refusals=REFUSALS,
    scope=ACCOUNT_READ,
)
def show_all(who: Caller, organization_id: str) -> list[OwnProviderAnswer]:
    """List the providers of the organization by name."""
    organization = open_organization(
        organization_id, actor=actor_of(who), right=Right.SETUP
    )
    return [_answer(each) for each in list_own_providers(organization)]


@api.operation(
    "POST",
    PROVIDERS,
    id="organization_providers_api_create",
    body=NewOwnProvider,
    answers={201: OwnProviderAnswer},
    refusals=(*CHANGE_REFUSALS, InvalidProvider, TooManyProviders),
)
def create(who: Caller, *, organization_id: str, body: NewOwnProvider) -> Response:
    """Add a provider that speaks OpenID Connect; register its `redirect_uri` there.

    It is asked at public addresses alone, unless an operator lets it be elsewhere.
    """
    organization, actor = admit_change(
        who, organization_id, right=Right.PROVIDERS, proof=True
    )
    with public_addresses_alone():
        said = with_issuer_found(_said(body))
    made = create_own_provider(
        organization,
        said,
        tenant=body.tenant,
        secret=body.client_secret,
        actor=actor,
    )
    if body.disabled:
        made = switch_own_provider(organization, made.id, off=True, actor=actor)
    return reply(_answer(made), status=201)


@api.operation(
    "GET",
    PROVIDER,
    id="organization_providers_api_show",
    answers={200: OwnProviderAnswer},
    refusals=(*REFUSALS, UnknownProvider),
    scope=ACCOUNT_READ,
)
def show(who: Caller, *, organization_id: str, provider_id: str) -> OwnProviderAnswer:
    """Show one of them."""
    organization = open_organization(
        organization_id, actor=actor_of(who), right=Right.SETUP
    )
    return _answer(get_own_provider(organization, provider_id))


@api.operation(
    "PATCH",
    PROVIDER,
    id="organization_providers_api_change",
    body=OwnProviderChange,
    answers={200: OwnProviderAnswer},
    refusals=(*CHANGE_REFUSALS, UnknownProvider, InvalidProvider, ProviderInUse),
)
def change(
    who: Caller, *, organization_id: str, provider_id: str, body: OwnProviderChange
) -> OwnProviderAnswer:
    """Change a provider; nobody signs in by one that is `disabled`, links stay."""
    organization, actor = admit_change(
        who, organization_id, right=Right.PROVIDERS, proof=True
    )
    changed = change_own_provider(
        organization,
        provider_id,
        said=_said(body),
        secret=body.client_secret,
        actor=actor,
    )
    if "disabled" in body.model_fields_set:
        off = body.disabled
        changed = switch_own_provider(organization, provider_id, off=off, actor=actor)
    return _answer(changed)


@api.operation(
    "DELETE",
    PROVIDER,
    id="organization_providers_api_delete",
    answers={204: None},
    refusals=(*CHANGE_REFUSALS, UnknownProvider),
)
def delete(who: Caller, *, organization_id: str, provider_id: str) -> None:
    """Delete a provider and all links to it; people keep their accounts."""
    organization, actor = admit_change(
        who, organization_id, right=Right.PROVIDERS, proof=True
    )
    delete_own_provider(organization, provider_id, actor=actor)


@api.operation(
    "POST",
    f"{PROVIDER}/test",
    id="organization_providers_api_test",
    answers={200: ProviderTest},
    refusals=(*CHANGE_REFUSALS, UnknownProvider, RateLimited),
)
def test(who: Caller, *, organization_id: str, provider_id: str) -> ProviderTest:
    """Ask a provider what it is asked at a sign-in; nobody signs in."""
    organization, actor = admit_change(who, organization_id, right=Right.PROVIDERS)
    done = try_own_provider(organization, provider_id, actor=actor)
    return ProviderTest(
        passed=done.passed,
        found=None,
        step=done.step,
        error=done.error,
        message=trial_words(done),
    )


def _said(body: OwnProviderChange) -> dict[str, Any]:
    """Return what a body says of a provider, and nothing that it leaves out."""
    said = body.model_dump(mode="json", exclude_unset=True)
    return {name: value for name, value in said.items() if name in OWNERS_SAY}


def _answer(provider: Provider) -> OwnProviderAnswer:
    """Return a provider as an answer; never its secret."""
    told = told_of(provider, linked=count_links(provider.id))
    known = OwnProviderAnswer.model_fields
    return OwnProviderAnswer(**{name: told[name] for name in told if name in known})
