"""A relying party on the test client: code + PKCE, and every check a careful one makes.

It knows the server by its discovery document only and shares no code with it.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.test import TestResponse

from tests.hosted_pages import follow, press, read_page
from tests.make_clients import MadeClient


def base64url(raw: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Attempt:
    """What the relying party remembers while the person is away."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """The S256 challenge of the verifier (RFC 7636 §4.2)."""
        return base64url(hashlib.sha256(self.verifier.encode()).digest())


@dataclass(frozen=True)
class SignedIn:
    """What the relying party ends up with."""

    tokens: dict[str, Any]
    claims: dict[str, Any]


class RelyingParty:
    """One app. ``http`` is the person's browser; token requests go without cookies."""

    def __init__(
        self, http: FlaskClient, client: MadeClient, *, scope: str = "openid"
    ) -> None:
        self.http = http
        self.client = client
        self.scope = scope
        self.attempt = Attempt()
        self.back_channel = http.application.test_client(use_cookies=False)
        self.metadata = self.back_channel.get("/.well-known/openid-configuration").json

    def parameters(self, **changed: str | None) -> dict[str, str]:
        """Return an honest request's parameters; None leaves one out."""
        self.attempt = Attempt()
        honest = {
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect_uri,
            "response_type": "code",
            "scope": self.scope,
            "state": self.attempt.state,
            "nonce": self.attempt.nonce,
            "code_challenge": self.attempt.challenge,
            "code_challenge_method": "S256",
        }
        merged = honest | changed
        return {name: value for name, value in merged.items() if value is not None}

    def ask(self, **changed: str | None) -> TestResponse:
        """Send the browser to the authorization endpoint; return its answer."""
        endpoint = urlsplit(self.metadata["authorization_endpoint"]).path
        return self.http.get(f"{endpoint}?{urlencode(self.parameters(**changed))}")

    def reach(self, **changed: str | None) -> TestResponse:
        """Send the browser, and follow it to the page or app where it stops."""
        return follow(self.http, self.ask(**changed))

    def fields_of(self, response: TestResponse) -> dict[str, str]:
        """Return the fields of an authorization response, by redirect or form."""
        if response.status_code == 200:
            form = read_page(response).forms[0]
            assert form.action == self.client.redirect_uri
            return dict(form.fields)
        location, _, query = response.location.partition("?")
        assert location == self.client.redirect_uri, response.location
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    def checked(self, response: TestResponse) -> dict[str, str]:
        """Return the fields after the checks of RFC 9700 §4.7 and RFC 9207 §2.4."""
        fields = self.fields_of(response)
        assert fields.pop("state") == self.attempt.state
        assert fields.pop("iss") == self.metadata["issuer"]
        return fields

    def redeem(self, code: str) -> TestResponse:
        """Exchange a code at the token endpoint."""
        return self.ask_for_tokens(
            grant_type="authorization_code",
            code=code,
            redirect_uri=self.client.redirect_uri,
            code_verifier=self.attempt.verifier,
        )

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        """Return new tokens for a refresh token."""
        answer = self.ask_for_tokens(
            grant_type="refresh_token", refresh_token=refresh_token
        )
        assert answer.status_code == 200, answer.text
        return answer.json

    def ask_for_tokens(self, **form: str) -> TestResponse:
        """Send a token request as this client authenticates."""
        endpoint = urlsplit(self.metadata["token_endpoint"]).path
        if self.client.client_secret:
            headers = self.client.basic
            return self.back_channel.post(endpoint, data=form, headers=headers)
        form["client_id"] = self.client.client_id
        return self.back_channel.post(endpoint, data=form)

    def finish(self, response: TestResponse) -> SignedIn:
        """Take the browser back from the server: code to tokens, ID Token checked."""
        fields = self.checked(response)
        answer = self.redeem(fields["code"])
        assert answer.status_code == 200, answer.text
        tokens = answer.json
        claims = self.verified(tokens["id_token"]) if "id_token" in tokens else {}
        return SignedIn(tokens, claims)

    def verified(self, id_token: str) -> dict[str, Any]:
        """Return the claims of an ID Token after the checks of OIDC Core §3.1.3.7."""
        path = urlsplit(self.metadata["jwks_uri"]).path
        keys = KeySet.import_key_set(self.back_channel.get(path).json)
        algorithms = self.metadata["id_token_signing_alg_values_supported"]
        claims = jwt.decode(id_token, keys, algorithms=algorithms).claims
        assert claims["iss"] == self.metadata["issuer"]
        assert claims["aud"] == self.client.client_id
        assert claims["nonce"] == self.attempt.nonce
        assert claims["exp"] > claims["iat"] >= claims["auth_time"]
        return claims

    def userinfo(self, tokens: dict[str, Any]) -> dict[str, Any]:
        """Ask the UserInfo endpoint."""
        endpoint = urlsplit(self.metadata["userinfo_endpoint"]).path
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        return self.back_channel.get(endpoint, headers=bearer).json

    def allow(self, page: TestResponse) -> TestResponse:
        """Press Allow on the consent page; return what reaches the app."""
        return follow(self.http, press(self.http, page, decision="allow"))

    def cancel(self, page: TestResponse) -> TestResponse:
        """Press Cancel on the consent page; return what reaches the app."""
        return follow(self.http, press(self.http, page, decision="deny"))
