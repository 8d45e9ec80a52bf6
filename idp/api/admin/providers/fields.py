"""What is said of a provider in JSON; the rules judge the values."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from idp.api.fields import Line
from idp.federation.ldap_members import MEMBERS as LDAP_MEMBERS
from idp.federation.providers.declared import BESIDE
from idp.federation.providers.presets import PRESETS
from idp.federation.providers.provider import CLAIMS, Provider
from idp.federation.providers.rows import as_json, said_of
from idp.federation.providers.view import told_of
from idp.federation.trial import TrialStep
from idp.web.json.models import Answer, Body

PRESET_NAMES = ", ".join(f"`{name}`" for name in PRESETS)
LDAP_HELP = f"Of a directory: {', '.join(f'`{name}`' for name in LDAP_MEMBERS)}"
OWNED_HELP = (
    "The organization, by id or slug, whose domains it is for, and that its users join"
)
ORGANIZATION_ROLES_HELP = "A value of `groups_claim` to a role in its organization"
PRIVATE_HELP = (
    "Of an organization’s: its `issuer`, which is sent with it, may be where "
    "`IDP_OUTBOUND_NETWORKS` are, until its owners say another one"
)
CLAIMS_HELP = "Our name of a claim to the provider's"
PROOF_HELP = (
    "Sent at its token endpoint; for `private_key_jwt` and `apple` the private key, in "
    "PEM. It is never shown again"
)


class ProviderKind(StrEnum):
    """What it speaks."""

    OIDC = "oidc"
    OAUTH2 = "oauth2"
    LDAP = "ldap"


class ProviderAuthMethod(StrEnum):
    """How this server proves itself at its token endpoint (RFC 7591 §2)."""

    CLIENT_SECRET_BASIC = "client_secret_basic"  # noqa: S105 - a name
    CLIENT_SECRET_POST = "client_secret_post"  # noqa: S105 - a name
    PRIVATE_KEY_JWT = "private_key_jwt"
    APPLE = "apple"
    NONE = "none"


class ProviderResponseMode(StrEnum):
    """How its answer comes back."""

    QUERY = "query"
    FORM_POST = "form_post"


class LinkPolicyName(StrEnum):
    """When an identity is linked to the account that has its address."""

    NEVER = "never"
    ASK = "ask"
    VERIFIED = "verified"


class ProviderMembers(Body):
    """What may be said of a provider; what is left out is as its preset says."""

    name: str | None = Field(None, description="What people read on its button")
    kind: ProviderKind = ProviderKind.OIDC
    preset: str | None = Field(None, description=f"One of {PRESET_NAMES}")
    icon: str | None = Field(None, description=f"One of {PRESET_NAMES}")
    issuer: str | None = Field(
        None, description="Of an OpenID Provider; a new one’s discovery URL"
    )
    authorization_endpoint: str | None = Field(None, description="Of plain OAuth")
    token_endpoint: str | None = Field(None, description="Of plain OAuth")
    userinfo_endpoint: str | None = Field(None, description="Of plain OAuth")
    emails_endpoint: str | None = Field(
        None, description="Where plain OAuth lists addresses with `verified`"
    )
    client_id: str = ""
    auth_method: ProviderAuthMethod = ProviderAuthMethod.CLIENT_SECRET_BASIC
    key_id: str | None = None
    team_id: str | None = Field(None, description="Of Apple")
    scopes: list[str] = Field([])
    response_mode: ProviderResponseMode | None = None
    claims: dict[str, str] = Field(dict(CLAIMS), description=CLAIMS_HELP)
    groups_claim: str | None = Field(None, description="The claim that has groups")
    groups: dict[str, str] = Field({}, description="A value of it to a group here")
    roles: dict[str, str] = Field(
        {}, description="A value of it to an instance role; for owners alone"
    )
    trust_email: bool = Field(
        default=False, description="Take its word for whose an address is"
    )
    domains: list[str] = Field([], description="Domains of addresses that belong to it")
    enforced: bool = Field(
        default=False,
        description="Such an address signs in by it and no password, but owners do",
    )
    allows_sign_up: bool = True
    link: LinkPolicyName = LinkPolicyName.ASK
    acr: dict[str, str] = Field({}, description="Its `acr` values to ours")
    amr: dict[str, str] = Field({}, description="Its `amr` values to ours")
    keeps_tokens: bool = False
    signs_out: bool = Field(
        default=False, description="Who signs out here is sent to sign out there too"
    )
    ldap: dict[str, str] = Field({}, description=LDAP_HELP)
    position: int = Field(0, description="The place of its button, the least first")
    organization_id: str | None = Field(None, description=OWNED_HELP)
    organization_roles: dict[str, str] = Field({}, description=ORGANIZATION_ROLES_HELP)
    private_networks: bool = Field(default=False, description=PRIVATE_HELP)
    disabled: bool = False
    client_secret: str | None = Field(None, description=PROOF_HELP)


class NewProvider(ProviderMembers):
    """A provider to be; with a preset, little else has to be said."""

    id: str = Field(description="Small letters, digits and dashes; it cannot change")
    tenant: str | None = Field(None, description="The directory ID, at Microsoft")


class ProviderReplacement(ProviderMembers):
    """All that is to hold for a provider; a secret that is left out stays."""


class ProviderChange(ProviderMembers):
    """What is to be different; what is left out stays."""


class ProviderAnswer(Answer):
    """A provider that people sign in by; `linked` is how many do so now.

    `redirect_uri` is what is registered there. `public_jwk` is the key that proves
    this server there, null where that is a secret.
    """

    __qualname__ = "Provider"  # as the API document calls it

    id: str
    name: str
    kind: str
    preset: str | None
    icon: str | None
    issuer: str | None
    authorization_endpoint: str | None
    token_endpoint: str | None
    userinfo_endpoint: str | None
    emails_endpoint: str | None
    client_id: str
    auth_method: str
    key_id: str | None
    team_id: str | None
    scopes: list[str]
    response_mode: ProviderResponseMode | None
    claims: dict[str, str]
    groups_claim: str | None
    groups: dict[str, str]
    roles: dict[str, str]
    trust_email: bool
    domains: list[str]
    enforced: bool
    allows_sign_up: bool
    link: LinkPolicyName
    acr: dict[str, str]
    amr: dict[str, str]
    keeps_tokens: bool
    signs_out: bool
    ldap: dict[str, str] | None = Field(None, description="Of a directory")
    position: int
    organization_id: str | None
    organization_roles: dict[str, str]
    private_networks: bool
    has_secret: bool
    public_jwk: dict[str, Any] | None
    redirect_uri: str
    linked: int
    disabled_at: datetime | None
    created_at: datetime
    updated_at: datetime


class TriedLogin(Body):
    """Of a directory: whom to look for, by a login."""

    login: Line | None = None


class FoundPersonAnswer(Answer):
    """Who has a login in a directory, as they would be known here."""

    __qualname__ = "FoundPerson"  # as the API document calls it

    email: str | None
    username: str | None
    name: str | None
    groups: list[str]


class ProviderTest(Answer):
    """What came of a test; `message` says `error` in words, never in the provider's."""

    passed: bool
    found: FoundPersonAnswer | None = Field(None, description="Who has the `login`")
    step: TrialStep | None = Field(description="Where it failed")
    error: str | None
    message: str


def members_in(body: ProviderMembers) -> dict[str, Any]:
    """Return what a body says of a provider, and nothing that it leaves out."""
    said = body.model_dump(mode="json", exclude_unset=True)
    return {name: value for name, value in said.items() if name not in BESIDE}


def parts_of(provider: Provider) -> Mapping[str, object]:
    """Return what tells one state of a provider from another."""
    sealed = provider.secret_sealed
    return {
        **as_json(said_of(provider)),
        "disabled": provider.disabled,
        "client_secret": None if sealed is None else sealed.hex(),
    }


def answer_of(provider: Provider, *, linked: int) -> ProviderAnswer:
    """Return a provider as an answer; never its secret."""
    told = told_of(provider, linked=linked)
    known = ProviderAnswer.model_fields
    return ProviderAnswer(**{name: told[name] for name in told if name in known})
