"""Exchanging an upstream provider's code for its tokens (OIDC Core §3.1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard
from urllib.parse import parse_qsl, urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.client import OAuth2Client

from idp.core.text import is_line
from idp.federation.upstream.discovery import Endpoints
from idp.federation.upstream.documents import JSON, read_json, send
from idp.federation.upstream.errors import UpstreamError
from idp.federation.upstream.registration import UpstreamClient, authenticated
from idp.security.outbound.client import FORM, Fetched, Request

OURS = "ours"  # the name of our client authentication at Authlib's client
LONGEST_TOKEN = 16384


@dataclass(frozen=True)
class UpstreamTokens:
    """What a code was worth; ``answer`` is all of it, for who keeps tokens."""

    access_token: str = field(repr=False)
    id_token: str | None = field(repr=False)
    answer: Mapping[str, Any] = field(repr=False)


def exchange(
    code: str,
    *,
    endpoints: Endpoints,
    registration: UpstreamClient,
    code_verifier: str,
) -> UpstreamTokens:
    """Return the tokens for a code; raises UpstreamAway or UpstreamError."""
    client = OAuth2Client(
        session=GuardedSession(),
        client_id=registration.client_id,
        redirect_uri=registration.redirect_uri,
        token_endpoint_auth_method=OURS,
    )
    authentication = ClientAuthentication(registration, endpoints)
    client.register_client_auth_method((OURS, authentication))
    try:
        answer = client.fetch_token(
            endpoints.token,
            grant_type="authorization_code",
            code=code,
            code_verifier=code_verifier,
        )
    except (AuthlibBaseError, TypeError, ValueError) as error:
        raise UpstreamError("token") from error
    return _read_tokens(answer)


class ClientAuthentication:
    """Our client authentication, as Authlib's client calls it."""

    def __init__(self, registration: UpstreamClient, endpoints: Endpoints) -> None:
        self._registration = registration
        self._endpoints = endpoints

    def __call__(
        self, _client: object, _method: str, uri: str, headers: Any, body: str
    ) -> tuple[str, dict[str, str], str]:
        """Return the request with what proves this client."""
        proving, fields = authenticated(
            self._registration,
            issuer=self._endpoints.issuer,
            token_endpoint=self._endpoints.token,
        )
        return uri, {**headers, **proving}, f"{body}&{urlencode(fields)}"


class GuardedSession:
    """As much of a session as Authlib's client uses, over our outgoing client."""

    def post(
        self, url: str, *, data: Mapping[str, str], headers: Any, auth: Any
    ) -> "TokenAnswer":
        """Send a form."""
        body = urlencode(data)
        uri, headers, body = auth.prepare("POST", url, headers, body)
        fields = dict(parse_qsl(body, keep_blank_values=True))
        sent = {**headers, "Accept": JSON, "Content-Type": FORM}
        return TokenAnswer(send(Request(uri, sent, fields)))


class TokenAnswer:
    """As much of an answer as Authlib's client reads."""

    def __init__(self, fetched: Fetched) -> None:
        self.status_code = fetched.status
        self._body = fetched.body

    def json(self) -> Any:
        """Return what the body holds; UpstreamError for no JSON."""
        return read_json(self._body)

    def raise_for_status(self) -> None:
        """Refuse an answer that holds no JSON object."""
        raise UpstreamError("no_json")


def _read_tokens(answer: Mapping[str, Any]) -> UpstreamTokens:
    """Return the tokens of an answer (RFC 6749 §5.1)."""
    access_token, id_token = answer.get("access_token"), answer.get("id_token")
    if not _is_token(access_token):
        raise UpstreamError("token")
    if id_token is not None and not _is_token(id_token):
        raise UpstreamError("id_token")
    if str(answer.get("token_type", "bearer")).lower() != "bearer":
        raise UpstreamError("token_type")
    return UpstreamTokens(access_token, id_token, dict(answer))


def _is_token(value: Any) -> TypeGuard[str]:
    """Tell whether a value can be a token that fits into a header."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_TOKEN
        and value.isascii()
        and is_line(value)
    )
