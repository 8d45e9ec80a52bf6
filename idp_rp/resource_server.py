"""The other side: an API that is called with access tokens (RFC 6750, RFC 9068)."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from idp_rp.oidc.provider import Provider
from idp_rp.oidc.signed import Untrusted, read_signed, require_times
from idp_rp.outbound import Unreachable, bare_client

TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})
ISSUER_SECONDS: Final = 10


class NoAccess(Exception):
    """The call is refused: answer with ``status`` and ``challenge``.

    The challenge is the value of WWW-Authenticate (RFC 6750 §3); it is empty for 503.
    """

    def __init__(self, status: int, *, challenge: str = "", why: str = "") -> None:
        super().__init__(why)
        self.status = status
        self.challenge = challenge


@dataclass(frozen=True, kw_only=True)
class ApiCaller:
    """Who calls: the user or program ``sub``, through the client ``client_id``."""

    sub: str
    client_id: str
    scope: frozenset[str]
    claims: Mapping[str, Any]


class ResourceServer:
    """An API that its issuer knows as ``resource``."""

    def __init__(
        self,
        issuer: str,
        *,
        resource: str,
        transport: httpx.BaseTransport | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = bare_client(transport)
        self._provider = Provider(issuer, client=self._client, seconds=ISSUER_SECONDS)
        self._resource = resource
        self._now = now

    def caller(self, authorization: str | None, *, scope: str = "") -> ApiCaller:
        """Return who calls, by the Authorization header; NoAccess without ``scope``.

        What the issuer revoked is believed until it ends: ask its introspection
        endpoint where that is too long.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NoAccess(401, challenge="Bearer", why="no access token")
        try:
            claims = self._claims(token.strip())
        except Untrusted as error:
            challenge = 'Bearer error="invalid_token"'
            raise NoAccess(401, challenge=challenge, why=str(error)) from error
        except Unreachable as error:
            raise NoAccess(503, why=str(error)) from error
        granted = frozenset(str(claims.get("scope", "")).split())
        if not granted.issuperset(scope.split()):
            challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
            raise NoAccess(403, challenge=challenge, why="insufficient scope")
        return ApiCaller(
            sub=str(claims["sub"]),
            client_id=str(claims.get("client_id", "")),
            scope=granted,
            claims=claims,
        )

    def close(self) -> None:
        """Close the connections to the issuer, where the process lives on."""
        self._client.close()

    def _claims(self, token: str) -> Mapping[str, Any]:
        """Believe a token (RFC 9068 §4): an ID token is none."""
        read = read_signed(token, provider=self._provider)
        if str(read.header.get("typ", "")).lower() not in TYPES:
            raise Untrusted("of another type")
        if self._resource not in read.audience:
            raise Untrusted("for another API")
        if not isinstance(read.claims.get("sub"), str):
            raise Untrusted("sub is missing")
        require_times(read.claims, now=self._now())
        return read.claims
