"""What operators say of providers, for tests."""

from typing import Any

from idp.federation.providers.provider import ProviderDeclaration

ACME = {
    "name": "Acme",
    "issuer": "https://login.acme.example",
    "client_id": "idp-at-acme",
    "scopes": ("openid", "email"),
}
FORGE = {
    "name": "Forge",
    "kind": "oauth2",
    "authorization_endpoint": "https://forge.example/authorize",
    "token_endpoint": "https://forge.example/token",
    "userinfo_endpoint": "https://forge.example/me",
    "client_id": "idp-at-forge",
    "scopes": ("read:user",),
}


def acme(**said: Any) -> ProviderDeclaration:
    """Return what is said of an OpenID Provider."""
    return ProviderDeclaration(**ACME | said)


def forge(**said: Any) -> ProviderDeclaration:
    """Return what is said of a provider that has plain OAuth."""
    return ProviderDeclaration(**FORGE | said)
