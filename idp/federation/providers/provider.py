"""A provider as the rest of this server sees it: one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from idp.core.clock import utcnow

NOTHING: Mapping[str, Any] = MappingProxyType({})
ATTRIBUTE = "attributes."  # begins our name of a user's attribute, by its key
# Our names to those of OpenID Connect Core §5.1.
CLAIMS: Mapping[str, str] = MappingProxyType(
    {
        "sub": "sub",
        "email": "email",
        "email_verified": "email_verified",
        "name": "name",
        "given_name": "given_name",
        "family_name": "family_name",
        "username": "preferred_username",
    }
)


@dataclass(frozen=True, kw_only=True)
class ProviderDeclaration:
    """What an operator says of a provider; ``kind`` is ``oidc``, ``oauth2``, ``ldap``.

    Of an OpenID Provider the ``issuer`` says all (OIDC Discovery §4); of plain OAuth
    the endpoints stand here. ``emails_endpoint`` is where addresses are listed that a
    profile leaves out. ``auth_method`` is one of RFC 7591 §2, or ``apple``: a secret
    that a key signs, which ``key_id`` names and ``team_id`` owns.

    ``claims`` maps our names to the provider's; ``attributes.KEY`` is an attribute of
    users. ``groups_claim`` holds what ``groups``
    maps to groups of ours; ``roles`` maps the same to instance roles, and is empty
    unless an owner filled it. ``acr`` and ``amr`` map what the provider says of a
    sign-in to our words for it; what they do not name counts for nothing. ``ldap`` is
    of that kind alone. ``signs_out``: who signs out here signs out there too, by way of
    it (OIDC RP-Initiated Logout 1.0). ``position`` is the place of its button.

    One of an ``organization_id`` is for addresses of that organization's domains alone,
    and has no ``domains`` of its own; ``organization_roles`` maps what ``groups_claim``
    holds to roles of members there. Its owners say where it is: it is asked at public
    addresses alone, unless an operator lets it be in ``private_networks`` that the
    settings have opened.
    """

    name: str
    kind: str = "oidc"
    preset: str | None = None
    icon: str | None = None
    issuer: str | None = None
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    userinfo_endpoint: str | None = None
    emails_endpoint: str | None = None
    client_id: str = ""
    auth_method: str = "client_secret_basic"
    key_id: str | None = None
    team_id: str | None = None
    scopes: tuple[str, ...] = ()
    response_mode: str | None = None
    claims: Mapping[str, str] = field(default_factory=lambda: CLAIMS)
    groups_claim: str | None = None
    groups: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    roles: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    trust_email: bool = False
    domains: tuple[str, ...] = ()
    enforced: bool = False
    allows_sign_up: bool = True
    link: str = "ask"
    acr: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    amr: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    keeps_tokens: bool = False
    signs_out: bool = False
    ldap: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    position: int = 0
    organization_id: str | None = None
    organization_roles: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    private_networks: bool = False

    @property
    def attributes(self) -> Mapping[str, str]:
        """Return what the provider calls our attributes, by key."""
        return {
            ours.removeprefix(ATTRIBUTE): theirs
            for ours, theirs in self.claims.items()
            if ours.startswith(ATTRIBUTE)
        }


@dataclass(frozen=True, kw_only=True)
class Provider(ProviderDeclaration):
    """One provider; ``id`` is a slug that its callback URL has in it."""

    id: str
    secret_sealed: bytes | None = field(default=None, repr=False)
    created_at: datetime = field(default_factory=utcnow)
    updated_at: datetime = field(default_factory=utcnow)
    disabled_at: datetime | None = None

    @property
    def tells_when(self) -> bool:
        """Tell whether it says when its users signed in, as plain OAuth cannot."""
        return self.kind == "oidc"

    @property
    def disabled(self) -> bool:
        """Tell whether nobody signs in by it for now."""
        return self.disabled_at is not None
