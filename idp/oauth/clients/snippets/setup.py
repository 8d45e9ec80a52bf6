"""What the snippets of a client are filled with (pure)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from idp.oauth.clients.view import PUBLIC, IdTokenClaims

SECRET_VARIABLE = "IDP_CLIENT_SECRET"  # noqa: S105 - a name
POST = "client_secret_post"
SCOPE = "openid profile email groups"
EXAMPLE_URI = "https://app.example/callback"
PORT = 8080


@dataclass(frozen=True)
class SnippetFile:
    """A text to paste, and where it belongs."""

    name: str
    text: str


@dataclass(frozen=True)
class Snippet:
    """A piece of configuration, in one file or several; ``target`` is a slug."""

    target: str
    title: str
    files: tuple[SnippetFile, ...]


@dataclass(frozen=True)
class Setup:
    """What the templates are filled with; redirect URIs of apps are web addresses.

    ``claims_in_id_token``: no library need ask UserInfo.
    """

    issuer: str
    client_id: str
    client_name: str
    redirect_uri: str
    post_logout_uri: str | None
    scope: str
    auth_method: str
    roles: tuple[str, ...] = ()
    claims_in_id_token: bool = False

    @property
    def base(self) -> str:
        """Return where the app is, without a slash at the end."""
        return f"{self._parts.scheme}://{self._parts.netloc}"

    @property
    def callback_path(self) -> str:
        """Return the path that people come back to."""
        return self._parts.path or "/"

    @property
    def port(self) -> int:
        """Return where the app listens: behind a proxy, on a port of its own."""
        return self._parts.port or PORT

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.redirect_uri)

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
        post_logout_uri=next(iter(metadata["post_logout_redirect_uris"]), None),
        scope=" ".join(s for s in asked if s in metadata["scope"].split()),
        auth_method=metadata["token_endpoint_auth_method"],
        roles=tuple(roles),
        claims_in_id_token=metadata.get("id_token_claims") == IdTokenClaims.SCOPE,
    )


def quoted(value: str) -> str:
    """Return a string literal that Python, JavaScript and TOML read alike."""
    return json.dumps(value, ensure_ascii=False)


def single(target: str, title: str, *, file: str, text: str) -> Snippet:
    """Return a snippet of one file."""
    return Snippet(target, title, (SnippetFile(file, text),))


def _first(values: list[str], default: str) -> str:
    """Return the first value, or the default."""
    return values[0] if values else default
