"""Providers that many have, as data: their endpoints, scopes and names of claims.

From their public documentation. What a preset does not say is asked of the operator.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from idp.core.errors import FieldError
from idp.core.text import worded
from idp.federation.ldap_members import AD_ATTRIBUTES, AD_USER_FILTER, KIND
from idp.federation.providers.provider import CLAIMS

CODE = "invalid_provider"
OPENID = ("openid", "profile", "email")
TENANT = "{tenant}"
# The id of a directory. Its other names lead to documents of another issuer, and
# ``common`` to one that is of any directory: whoever has one could sign in as anybody.
EXAMPLE = "9188040d-6c67-4c5b-b112-36a304b66dad"
TENANT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Preset:
    """What is known of a provider; ``asks`` for what differs between its customers.

    ``registration`` is where an operator registers this server there.
    """

    name: str
    registration: str
    said: Mapping[str, Any] = field(default_factory=dict)
    asks: tuple[str, ...] = ()


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "google": Preset(
            "Google",
            "https://console.cloud.google.com/auth/clients",
            {"issuer": "https://accounts.google.com", "scopes": OPENID},
        ),
        "microsoft": Preset(
            "Microsoft",
            "https://entra.microsoft.com/",
            {
                "issuer": f"https://login.microsoftonline.com/{TENANT}/v2.0",
                "auth_method": "client_secret_post",
                "scopes": OPENID,
            },
            ("tenant",),
        ),
        "apple": Preset(
            "Apple",
            "https://developer.apple.com/account/resources/identifiers/list/serviceId",
            {
                "issuer": "https://appleid.apple.com",
                "auth_method": "apple",
                "scopes": ("openid", "name", "email"),
                # With a scope, Apple answers in no other mode.
                "response_mode": "form_post",
            },
            ("team_id", "key_id"),
        ),
        "github": Preset(
            "GitHub",
            "https://github.com/settings/developers",
            {
                "kind": "oauth2",
                "authorization_endpoint": "https://github.com/login/oauth/authorize",
                "token_endpoint": "https://github.com/login/oauth/access_token",
                "userinfo_endpoint": "https://api.github.com/user",
                "emails_endpoint": "https://api.github.com/user/emails",
                "auth_method": "client_secret_post",
                "scopes": ("read:user", "user:email"),
                "claims": {
                    **CLAIMS,
                    "sub": "id",
                    "username": "login",
                },
            },
        ),
        "gitlab": Preset(
            "GitLab",
            "https://gitlab.com/-/user_settings/applications",
            {
                "issuer": "https://gitlab.com",
                "scopes": OPENID,
                "claims": {**CLAIMS, "username": "nickname"},
            },
        ),
        "keycloak": Preset(
            "Keycloak",
            "https://www.keycloak.org/docs/latest/server_admin/",
            {"scopes": OPENID},
            ("issuer",),
        ),
        "okta": Preset(
            "Okta",
            "https://login.okta.com/",
            {"scopes": OPENID},
            ("issuer",),
        ),
        "slack": Preset(
            "Slack",
            "https://api.slack.com/apps",
            {
                "issuer": "https://slack.com",
                "auth_method": "client_secret_post",
                "scopes": OPENID,
            },
        ),
        "discord": Preset(
            "Discord",
            "https://discord.com/developers/applications",
            {
                "kind": "oauth2",
                "authorization_endpoint": "https://discord.com/oauth2/authorize",
                "token_endpoint": "https://discord.com/api/oauth2/token",
                "userinfo_endpoint": "https://discord.com/api/users/@me",
                "scopes": ("identify", "email"),
                "claims": {
                    **CLAIMS,
                    "sub": "id",
                    "email_verified": "verified",
                    "name": "global_name",
                    "username": "username",
                },
            },
        ),
        "active-directory": Preset(
            "Active Directory",
            "https://learn.microsoft.com/windows-server/identity/ad-ds/",
            {
                "kind": KIND,
                "claims": AD_ATTRIBUTES,
                "ldap": {"user_filter": AD_USER_FILTER},
            },
            ("ldap",),
        ),
    }
)


def said_by(preset: str, *, tenant: str | None = None) -> dict[str, Any]:
    """Return what a preset says, under the names of ``ProviderDeclaration``.

    What it asks for, besides the tenant, is left out. KeyError for no preset.
    """
    known = PRESETS[preset]
    said = {"name": known.name, "preset": preset, "icon": preset, **known.said}
    if tenant is not None and "issuer" in said:
        said["issuer"] = said["issuer"].replace(TENANT, tenant.strip().lower())
    return said


def wrong_tenant(preset: str, tenant: str | None) -> Iterator[FieldError]:
    """Yield why this is no tenant where a preset asks for one, or one where not."""
    asked = "tenant" in PRESETS[preset].asks
    if asked and not TENANT_ID.fullmatch((tenant or "").strip()):
        hint = worded("must be the directory (tenant) ID, like %(id)s", id=EXAMPLE)
        yield FieldError("tenant", CODE, hint)
    elif tenant and not asked:
        yield FieldError("tenant", CODE, worded("is of Microsoft alone"))
