"""One sign-in: out to the issuer and back, bound to the browser that began it."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urlencode

from idp_rp.oidc.id_tokens import read_id_token
from idp_rp.oidc.provider import Provider
from idp_rp.oidc.signed import Untrusted
from idp_rp.oidc.token_endpoint import TokenEndpoint, Tokens, log
from idp_rp.outbound import Unreachable
from idp_rp.sessions.session import AccessToken, Session, target_of
from idp_rp.settings import Api, BffSettings


class WrongAnswer(Exception):
    """The answer is not to be acted on; the message says why, for the log."""


class IssuerRefused(Exception):
    """The issuer says no; ``error`` is the code of RFC 6749 §4.1.2.1."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a browser carries, sealed, while it is away."""

    return_to: str
    ends_at: float
    replaces: str | None = None
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """The S256 transform of the verifier (RFC 7636 §4.2)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def dump(self) -> bytes:
        """Write it down."""
        return json.dumps(vars(self)).encode()

    @classmethod
    def load(cls, written: bytes) -> Self | None:
        """Read what ``dump`` wrote; None for what another version did."""
        try:
            return cls(**json.loads(written))
        except (ValueError, TypeError):
            return None


class SignIn:
    """The code flow of one client."""

    def __init__(
        self, settings: BffSettings, *, provider: Provider, tokens: TokenEndpoint
    ) -> None:
        self._settings = settings
        self._provider = provider
        self._tokens = tokens

    def url(self, start: Start) -> str:
        """Return where the browser asks for a code (OIDC Core §3.1.2.1, RFC 8707)."""
        settings = self._settings
        asked = [
            ("response_type", "code"),
            ("client_id", settings.client_id),
            ("redirect_uri", settings.redirect_uri),
            ("scope", settings.requested_scope),
            ("state", start.state),
            ("nonce", start.nonce),
            ("code_challenge", start.challenge),
            ("code_challenge_method", "S256"),
            *(("resource", resource) for resource in self._resources()),
        ]
        endpoint = self._provider.metadata().authorization_endpoint
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def finish(self, start: Start, answer: Mapping[str, str], *, now: float) -> Session:
        """Make a session of the answer to a start.

        ``iss`` comes first: what another server sent is not acted on at all
        (RFC 9207 §2.4). WrongAnswer, IssuerRefused, TokenRefused or Unreachable say why
        there is none.
        """
        metadata = self._provider.metadata()
        if not hmac.compare_digest(start.state, answer.get("state", "")):
            raise WrongAnswer("state of another sign-in")
        told = answer.get("iss")
        if (metadata.sends_iss or told is not None) and told != self._provider.issuer:
            raise WrongAnswer(f"iss is {told!r}")
        if "error" in answer:
            raise IssuerRefused(answer["error"])
        if not answer.get("code"):
            raise WrongAnswer("no code")
        resource, target = self._first_target()
        tokens = self._tokens.redeem(
            answer["code"], verifier=start.verifier, resource=resource
        )
        id_token, sub = self._believed(tokens, start, now=now)
        asks_userinfo = resource in (None, self._settings.userinfo_resource)
        return Session(
            id_token=id_token,
            nonce=start.nonce,
            profile=(self._profile(tokens, sub=sub) if asks_userinfo else {}),
            refresh_token=tokens.refresh_token,
            tokens={
                target: AccessToken.lasting(
                    tokens.access_token, tokens.lifetime_seconds, now=now
                )
            },
            ends_at=now + self._settings.session_seconds,
        )

    def _resources(self) -> list[str]:
        """Return what tokens will be for, each once."""
        named = [self._settings.userinfo_resource]
        named += [Api(*api).resource for api in self._settings.apis.values()]
        return list(dict.fromkeys(name for name in named if name))

    def _first_target(self) -> tuple[str | None, str]:
        """Return what the first access token is for: UserInfo, else the first API."""
        own = self._settings.userinfo_resource
        if own or not self._resources():
            return own, own or ""
        first = next(
            api for api in map(_as_api, self._settings.apis.values()) if api.resource
        )
        return first.resource, target_of(first)

    def _believed(self, tokens: Tokens, start: Start, *, now: float) -> tuple[str, str]:
        """Return the ID token and whom it is about."""
        if tokens.id_token is None:
            raise WrongAnswer("no ID token")
        try:
            claims = read_id_token(
                tokens.id_token,
                provider=self._provider,
                client_id=self._settings.client_id,
                nonce=start.nonce,
                access_token=tokens.access_token,
                now=now,
            )
        except Untrusted as error:
            raise WrongAnswer(f"ID token: {error}") from error
        return tokens.id_token, claims["sub"]

    def _profile(self, tokens: Tokens, *, sub: str) -> Mapping[str, Any]:
        """Ask UserInfo (OIDC Core §5.3); the same user must be meant (§5.3.2)."""
        endpoint = self._provider.metadata().userinfo_endpoint
        if not self._settings.userinfo or not endpoint:
            return {}
        try:
            answer = self._provider.get(endpoint, bearer=tokens.access_token)
        except Unreachable as error:
            log.warning("UserInfo gave no answer: %s", error)
            return {}
        if answer.status != HTTPStatus.OK:
            log.warning("UserInfo answered with status %s", answer.status)
            return {}
        if answer.body.get("sub") != sub:
            raise WrongAnswer("UserInfo tells of another user")
        return answer.body


def _as_api(given: Api | tuple[str, str | None, str]) -> Api:
    return Api(*given)
