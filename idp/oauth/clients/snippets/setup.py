"""What the snippets of a client are filled with (pure)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from idp.oauth.clients.view import PUBLIC

SECRET_VARIABLE = "IDP_CLIENT_SECRET"  # noqa: S105 - a name
POST = "client_secret_post"
SCOPE = "openid profile email groups"
EXAMPLE_URI = "https://app.example/callback"


@dataclass(frozen=True)
class Snippet:
    """A piece of configuration: ``target`` is a slug, ``file`` where it belongs."""

    target: str
    title: str
    file: str
    text: str


@dataclass(frozen=True)
class Setup:
    """What the templates are filled with."""

    issuer: str
    client_id: str
    client_name: str
    redirect_uri: str
    home: str
    scope: str
    auth_method: str
    roles: tuple[str, ...] = ()

    @property
    def posts_secret(self) -> bool:
        """Tell whether the secret is in the body; libraries use the header."""
        return self.auth_method == POST

    @property
    def public(self) -> bool:
        """Tell whether there is no secret."""
        return self.auth_method == PUBLIC

    @property
    def endpoints(self) -> str:
        """Return where the endpoints begin."""
        return f"{self.issuer}/oauth2"

    @property
    def discovery(self) -> str:
        """Return the address of the discovery document."""
        return f"{self.issuer}/.well-known/openid-configuration"


def setup_of(
    issuer: str,
    *,
    client_id: str,
    metadata: Mapping[str, Any],
    roles: Iterable[str] = (),
) -> Setup:
    """Return what a client's snippets are filled with; ``roles`` are its own."""
    redirect_uri = _first(metadata["redirect_uris"], EXAMPLE_URI)
    asked = SCOPE.split(" ") if metadata["redirect_uris"] else metadata["scope"].split()
    return Setup(
        issuer=issuer,
        client_id=client_id,
        client_name=metadata.get("client_name", client_id),
        redirect_uri=redirect_uri,
        home=_first(metadata["post_logout_redirect_uris"], _base_of(redirect_uri)),
        scope=" ".join(s for s in asked if s in metadata["scope"].split()),
        auth_method=metadata["token_endpoint_auth_method"],
        roles=tuple(roles),
    )


def quoted(value: str) -> str:
    """Return a string literal that Python, JavaScript and TOML read alike."""
    return json.dumps(value, ensure_ascii=False)


def _first(values: list[str], default: str) -> str:
    """Return the first value, or the default."""
    return values[0] if values else default


def _base_of(uri: str) -> str:
    """Return the front page of the app that a redirect URI belongs to."""
    scheme, _, rest = uri.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/"
