"""What is said of a client in JSON: RFC 7591 metadata, and what operators decide.

The rules judge the values (``oauth.clients.metadata``); here they have their types.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from idp.oauth.clients.registry import MAX_ID
from idp.oauth.clients.view import IdTokenClaims, OrganizationUse
from idp.web.json.models import Answer, Body


class ApplicationType(StrEnum):
    """Where it runs (OIDC Registration 1.0 §2)."""

    WEB = "web"
    NATIVE = "native"


class AuthMethod(StrEnum):
    """How it authenticates at the token endpoint (RFC 7591 §2)."""

    CLIENT_SECRET_BASIC = "client_secret_basic"  # noqa: S105 - a name
    CLIENT_SECRET_POST = "client_secret_post"  # noqa: S105 - a name
    PRIVATE_KEY_JWT = "private_key_jwt"
    NONE = "none"


class GrantType(StrEnum):
    """What it gets tokens for (RFC 7591 §2)."""

    AUTHORIZATION_CODE = "authorization_code"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - a name
    CLIENT_CREDENTIALS = "client_credentials"
    DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


class SigningAlg(StrEnum):
    """How an ID token, a UserInfo answer or a client's assertion is signed."""

    RS256 = "RS256"
    ES256 = "ES256"
    PS256 = "PS256"
    EDDSA = "EdDSA"


class AccessTokenAlg(StrEnum):
    """How an access token is signed."""

    ES256 = "ES256"
    RS256 = "RS256"


class AssertionAudience(StrEnum):
    """What a client's assertion names as its audience."""

    ISSUER = "issuer"
    TOKEN_ENDPOINT = "token_endpoint"  # noqa: S105 - a name


Everyone = Literal["everyone"]


class Metadata(BaseModel):
    """Members of RFC 7591 §2, OIDC Registration §2 and of ours; null is the default."""

    redirect_uris: list[str] | None = None
    post_logout_redirect_uris: list[str] | None = None
    allowed_origins: list[str] | None = None
    application_type: ApplicationType | None = None
    grant_types: list[GrantType] | None = None
    response_types: list[Literal["code"]] | None = None
    token_endpoint_auth_method: AuthMethod | None = None
    token_endpoint_auth_signing_alg: SigningAlg | None = None
    client_assertion_aud: AssertionAudience | None = None
    jwks: dict[str, Any] | None = None
    jwks_uri: str | None = None
    scope: str | None = None
    optional_scope: str | None = None
    owned_resources: list[str] | None = None
    default_resource: str | None = None
    id_token_signed_response_alg: SigningAlg | None = None
    id_token_claims: IdTokenClaims | None = None
    userinfo_signed_response_alg: SigningAlg | None = None
    access_token_signed_response_alg: AccessTokenAlg | None = None
    access_token_seconds: int | None = None
    id_token_seconds: int | None = None
    refresh_idle_seconds: int | None = None
    refresh_lifetime_seconds: int | None = None
    subject_type: Literal["public"] | None = None
    default_max_age: int | None = None
    require_auth_time: bool | None = None
    default_acr_values: list[str] | None = None
    organization: OrganizationUse | None = None
    initiate_login_uri: str | None = None
    client_name: str | None = None
    client_uri: str | None = None
    logo_uri: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None
    contacts: list[str] | None = None
    software_id: str | None = None
    software_version: str | None = None
    backchannel_logout_uri: str | None = None
    backchannel_logout_session_required: bool | None = None
    frontchannel_logout_uri: str | None = None
    frontchannel_logout_session_required: bool | None = None


class AccessBody(Body):
    """Who may use a client: who has a role, is in a group or is named."""

    __qualname__ = "NewClientAccess"  # as the API document calls it

    roles: list[str] = Field(default=[], description="Of this server")
    groups: list[str] = Field(default=[], description="By name")
    users: list[str] = Field(default=[], description="By address or id")


class AppRoleBody(Body):
    """A role of a client, which its tokens name, and who has it."""

    __qualname__ = "NewClientRole"  # as the API document calls it

    name: str
    description: str = ""
    groups: list[str] = Field(default=[], description="By name")
    users: list[str] = Field(default=[], description="By address or id")


class ClientApiBody(Body):
    """An API that a client may ask for; without scopes, all of it."""

    __qualname__ = "NewClientApi"  # as the API document calls it

    identifier: str
    scopes: list[str] | None = None


class Said(Metadata, Body):
    """What may be said of a client; what is null or left out stays or is default."""

    access: AccessBody | Everyone | None = None
    app_roles: list[str | AppRoleBody] | None = None
    apis: list[str | ClientApiBody] | None = None


class NewClient(Said):
    """A client to be; an id is made unless one is given."""

    client_id: str | None = Field(None, min_length=1, max_length=MAX_ID)
    first_party: bool = Field(False, description="No consent page")
    require_pkce: bool = Field(True, description="False for clients with a secret only")


class ClientReplacement(Said):
    """All that is to hold for a client.

    `access`, `app_roles` and `disabled` stay where they are left out.
    """

    first_party: bool = False
    require_pkce: bool = True
    disabled: bool | None = None


class ClientChange(Said):
    """What is to be different; what is left out stays.

    Metadata that is null gets its default.
    """

    first_party: bool | None = None
    require_pkce: bool | None = None
    disabled: bool | None = None


class AccessAnswer(Answer):
    """Who may use a client; users go by their address."""

    __qualname__ = "ClientAccess"  # as the API document calls it

    roles: list[str]
    groups: list[str]
    users: list[str]


class AppRoleAnswer(Answer):
    """A role of a client, and who has it."""

    __qualname__ = "ClientRole"  # as the API document calls it

    name: str
    description: str
    groups: list[str]
    users: list[str]


class ClientApiAnswer(Answer):
    """An API that a client may ask for; `scopes` is null for all of it."""

    __qualname__ = "ClientApi"  # as the API document calls it

    identifier: str
    scopes: list[str] | None


class ClientAnswer(Metadata, Answer):
    """A client, without its secrets; metadata that is not registered is null."""

    __qualname__ = "RegisteredClient"  # as the API document calls it
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    client_id: str
    first_party: bool
    require_pkce: bool
    # the object first: generated clients read a constant as all there is
    access: AccessAnswer | Everyone
    app_roles: list[AppRoleAnswer]
    apis: list[ClientApiAnswer]
    disabled: bool
    created_at: datetime
    warnings: list[str] = Field(description="What was taken, and is better changed")


class CreatedClient(ClientAnswer):
    """A new client; `client_secret` is told this once, and null where it has none."""

    client_secret: str | None


class ListedClientAnswer(Answer):
    """A client in a list."""

    __qualname__ = "ListedClient"  # as the API document calls it

    client_id: str
    client_name: str
    application_type: str
    token_endpoint_auth_method: str
    grant_types: list[str]
    redirect_uris: list[str]
    scope: str
    first_party: bool
    disabled: bool
    created_at: datetime
