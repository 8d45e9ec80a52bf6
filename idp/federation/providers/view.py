"""A provider as it is told to operators: all of it but its secret."""

from typing import Any

from idp.federation.providers.keys import public_jwk
from idp.federation.providers.presets import PRESETS
from idp.federation.providers.provider import Provider
from idp.federation.providers.redirect_uri import redirect_uri_of
from idp.federation.providers.rows import as_json, said_of
from idp.federation.providers.secrets import open_secret


def told_of(provider: Provider, *, linked: int) -> dict[str, Any]:
    """Return what is said of a provider, and what is to be known of it.

    ``public_jwk`` is the key that proves this server there, None for a secret.
    """
    said = as_json(said_of(provider))
    said["ldap"] = said["ldap"] or None  # of a directory alone
    return {
        "id": provider.id,
        **said,
        "has_secret": provider.secret_sealed is not None,
        "public_jwk": _shown_key(provider),
        "redirect_uri": redirect_uri_of(provider.id),
        "linked": linked,
        "disabled_at": provider.disabled_at,
        "created_at": provider.created_at,
        "updated_at": provider.updated_at,
    }


def told_presets() -> list[dict[str, Any]]:
    """Return all presets as operators are told of them."""
    return [
        {
            "id": name,
            "name": known.name,
            "registration": known.registration,
            "asks": list(known.asks),
            "members": as_json(known.said),
        }
        for name, known in PRESETS.items()
    ]


def _shown_key(provider: Provider) -> dict[str, Any] | None:
    """Return the public key that a provider is given, None for who needs none."""
    if provider.auth_method != "private_key_jwt":
        return None
    pem = open_secret(provider)
    return public_jwk(pem, kid=provider.key_id) if pem else None
