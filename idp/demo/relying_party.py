"""A confidential relying party: OIDC code flow, PKCE and the ``iss`` check."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote_plus, urlencode

from idp.demo.exchanges import Journal
from idp.demo.http_client import HttpResponse, IssuerUnreachableError
from idp.demo.id_tokens import IdTokenError, verify_id_token


class RefusedError(Exception):
    """The issuer refused a request, or this relying party refuses an answer.

    ``error`` is the code of RFC 6749 §4.1.2.1 or §5.2, or one of our own words.
    """

    def __init__(self, *, error: str, description: str = "") -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


@dataclass(frozen=True, kw_only=True)
class ProviderMetadata:
    """The part of the issuer's discovery document that is used here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    sends_iss: bool


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What must be remembered between the redirect out and the answer.

    All three values are fresh for each attempt and never leave the server together.
    """

    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    code_verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def code_challenge(self) -> str:
        """The S256 transform of the verifier (RFC 7636 §4.2)."""
        digest = hashlib.sha256(self.code_verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True, kw_only=True)
class TokenSet:
    """A successful token answer (RFC 6749 §5.1, OIDC Core §3.1.3.3)."""

    access_token: str
    id_token: str | None
    refresh_token: str | None
    expires_in: int | None
    scope: str | None


@dataclass(frozen=True, kw_only=True)
class RelyingParty:
    """One confidential client at one issuer; requests are noted in ``journal``."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    journal: Journal

    def discover(self) -> ProviderMetadata:
        """Read the discovery document; it must name the issuer it was asked from.

        Refused with IssuerUnreachableError: no such document, a foreign issuer in it,
        a missing endpoint (OIDC Discovery §4.3).
        """
        url = f"{self.issuer}/.well-known/openid-configuration"
        answer = self.journal.send("GET", url)
        found = answer.json_object()
        if answer.status != HTTPStatus.OK:
            reason = f"answered with status {answer.status}"
            raise IssuerUnreachableError(url=url, reason=reason)
        if found.get("issuer") != self.issuer:
            reason = f"names another issuer: {found.get('issuer')}"
            raise IssuerUnreachableError(url=url, reason=reason)
        try:
            return _provider(found)
        except KeyError as error:
            raise IssuerUnreachableError(
                url=url, reason=f"does not name {error}"
            ) from error

    def authorization_request(self, attempt: Attempt, *, scope: str) -> dict[str, str]:
        """List the parameters of the authorization request (OIDC Core §3.1.2.1)."""
        return {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.code_challenge,
            "code_challenge_method": "S256",
        }

    def code_from(
        self, answer: Mapping[str, str], *, provider: ProviderMetadata
    ) -> str:
        """Take the code out of an authorization response whose ``state`` is known.

        ``iss`` comes first: what another server sent must not be acted on at all
        (RFC 9207 §2.4). Then the issuer's own refusal (RFC 6749 §4.1.2.1).
        """
        if provider.sends_iss or "iss" in answer:
            _require_issuer(answer.get("iss", ""), provider.issuer)
        if "error" in answer:
            raise RefusedError(
                error=answer["error"], description=answer.get("error_description", "")
            )
        if not answer.get("code"):
            raise RefusedError(
                error="code_missing", description="The answer has no code."
            )
        return answer["code"]

    def redeem(
        self, provider: ProviderMetadata, *, code: str, code_verifier: str
    ) -> TokenSet:
        """Exchange a code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": code_verifier,
        }
        return self._tokens(provider, form)

    def refresh(self, provider: ProviderMetadata, *, refresh_token: str) -> TokenSet:
        """Exchange a refresh token for new tokens (RFC 6749 §6)."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._tokens(provider, form)

    def userinfo(
        self, provider: ProviderMetadata, *, access_token: str
    ) -> dict[str, object]:
        """Ask who the access token speaks for (OIDC Core §5.3)."""
        answer = self.journal.send(
            "GET",
            provider.userinfo_endpoint,
            headers={"Authorization": f"Bearer {access_token}"},
        )
        return _object_of(answer)

    def verify_id_token(
        self, provider: ProviderMetadata, *, id_token: str | None, nonce: str | None
    ) -> dict[str, object]:
        """Fetch the issuer's keys and return the claims of a genuine ID token."""
        if id_token is None:
            raise RefusedError(
                error="id_token_missing", description="The answer has no ID token."
            )
        try:
            return verify_id_token(
                id_token,
                jwks=_object_of(self.journal.send("GET", provider.jwks_uri)),
                issuer=provider.issuer,
                client_id=self.client_id,
                nonce=nonce,
            )
        except IdTokenError as error:
            raise RefusedError(
                error="id_token_invalid", description=str(error)
            ) from error

    def _tokens(self, provider: ProviderMetadata, form: Mapping[str, str]) -> TokenSet:
        answer = self.journal.send(
            "POST",
            provider.token_endpoint,
            headers={"Authorization": self._basic()},
            form=form,
        )
        found = _object_of(answer)
        expires_in = found.get("expires_in")
        return TokenSet(
            access_token=str(found.get("access_token", "")),
            id_token=_text(found.get("id_token")),
            refresh_token=_text(found.get("refresh_token")),
            expires_in=expires_in if isinstance(expires_in, int) else None,
            scope=_text(found.get("scope")),
        )

    def _basic(self) -> str:
        """Both parts are form-encoded before they are joined (RFC 6749 §2.3.1)."""
        joined = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
        return f"Basic {base64.b64encode(joined.encode()).decode()}"


def url_with(endpoint: str, parameters: Mapping[str, str]) -> str:
    """Add query parameters to an endpoint that may have some (RFC 6749 §3.1)."""
    separator = "&" if "?" in endpoint else "?"
    return f"{endpoint}{separator}{urlencode(parameters)}"


def _provider(found: Mapping[str, object]) -> ProviderMetadata:
    return ProviderMetadata(
        issuer=str(found["issuer"]),
        authorization_endpoint=str(found["authorization_endpoint"]),
        token_endpoint=str(found["token_endpoint"]),
        userinfo_endpoint=str(found["userinfo_endpoint"]),
        jwks_uri=str(found["jwks_uri"]),
        end_session_endpoint=_text(found.get("end_session_endpoint")),
        sends_iss=bool(found.get("authorization_response_iss_parameter_supported")),
    )


def _require_issuer(seen: str, expected: str) -> None:
    if seen != expected:
        raise RefusedError(
            error="iss_mismatch",
            description=f"The answer says it comes from {seen or 'nobody'}, "
            f"the question went to {expected}.",
        )


def _object_of(answer: HttpResponse) -> dict[str, object]:
    """Give the JSON object of a success; anything else is a refusal."""
    found = answer.json_object()
    if answer.status == HTTPStatus.OK and found:
        return found
    raise RefusedError(
        error=str(found.get("error", f"http_{answer.status}")),
        description=str(found.get("error_description", "")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
