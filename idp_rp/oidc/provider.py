"""What the issuer says of itself: its endpoints and its keys, kept for a while."""

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from idp_rp.outbound import IssuerAnswer, Unreachable, ask
from idp_rp.settings import LOOPBACK

log = logging.getLogger("idp_rp")

METADATA_SECONDS: Final = 60 * 60
KEYS_SECONDS: Final = 60 * 60
# An unknown kid asks the issuer again, but strangers send those too.
REFETCH_SECONDS: Final = 30
# An issuer that is down is not asked by everybody at once.
RETRY_SECONDS: Final = 2
KEY_TYPES: Final = {
    "RS256": "RSA",
    "PS256": "RSA",
    "ES256": "EC",
    "EdDSA": "OKP",
    "Ed25519": "OKP",
}


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """The part of the discovery document that is used here."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    revocation_endpoint: str | None
    sends_iss: bool


class Provider:
    """One issuer as this process knows it."""

    def __init__(self, issuer: str, *, client: httpx.Client, seconds: float) -> None:
        self.issuer = issuer
        self._client = client
        self._seconds = seconds
        self._lock = Lock()
        self._metadata: Metadata | None = None
        self._keys: list[Key] = []
        self._metadata_at = self._keys_at = float("-inf")

    def metadata(self) -> Metadata:
        """Return the discovery document (OIDC Discovery §4); Unreachable without one.

        One that is known serves on where a newer one cannot be had.
        """
        with self._lock:
            age = time.monotonic() - self._metadata_at
            if age > (METADATA_SECONDS if self._metadata else RETRY_SECONDS):
                self._metadata_at = time.monotonic()
                self._metadata = self._discover()
            if self._metadata is None:
                raise Unreachable("it did not answer a moment ago")
            return self._metadata

    def key(self, kid: str | None, *, algorithm: str) -> Key | None:
        """Find the key of a signature; without a kid it must be the only possible.

        Keys are asked for again when ``kid`` is not among them, but not for each that
        somebody invents.
        """
        uri = self.metadata().jwks_uri
        with self._lock:
            found = self._among_keys(kid, algorithm)
            patience = REFETCH_SECONDS if self._keys else RETRY_SECONDS
            age = time.monotonic() - self._keys_at
            if age > KEYS_SECONDS or (found is None and age > patience):
                self._keys_at = time.monotonic()
                self._keys = self._fetch_keys(uri)
                found = self._among_keys(kid, algorithm)
            if not self._keys:
                raise Unreachable("its keys could not be had a moment ago")
            return found

    def get(self, url: str, *, bearer: str) -> IssuerAnswer:
        """Ask the issuer something with an access token."""
        headers = {"Authorization": f"Bearer {bearer}"}
        request = self._client.build_request("GET", url, headers=headers)
        return ask(self._client, request, seconds=self._seconds)

    def post(
        self, url: str, *, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> IssuerAnswer:
        """Send the issuer a form."""
        request = self._client.build_request("POST", url, data=form, headers=headers)
        return ask(self._client, request, seconds=self._seconds)

    def _discover(self) -> Metadata | None:
        """Fetch the discovery document, which must name the issuer itself (§4.3)."""
        url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            return _read_metadata(self._fetch(url), issuer=self.issuer)
        except Unreachable as error:
            if self._metadata is None:
                raise
            log.warning("The issuer could not be discovered again: %s", error)
            return self._metadata

    def _fetch_keys(self, uri: str) -> list[Key]:
        """Fetch the JWKS; where it cannot be had, the keys before serve on."""
        try:
            keys = _read_keys(self._fetch(uri).body)
        except Unreachable as error:
            if not self._keys:
                raise
            log.warning("The issuer's keys could not be had again: %s", error)
            return self._keys
        return keys or self._keys

    def _fetch(self, url: str) -> IssuerAnswer:
        request = self._client.build_request("GET", url)
        return ask(self._client, request, seconds=self._seconds)

    def _among_keys(self, kid: str | None, algorithm: str) -> Key | None:
        possible = [
            key
            for key in self._keys
            if key.key_type == KEY_TYPES[algorithm]
            and key.get("use", "sig") == "sig"
            and key.get("alg", algorithm) == algorithm
            and kid in (None, key.kid)
        ]
        return possible[0] if len(possible) == 1 else None


def _read_metadata(answer: IssuerAnswer, *, issuer: str) -> Metadata:
    found = answer.body
    if answer.status != httpx.codes.OK or found.get("issuer") != issuer:
        told = f"status {answer.status}, issuer {found.get('issuer')!r}"
        raise Unreachable(f"no discovery document: {told}")

    def url(name: str) -> str | None:
        value = found.get(name)
        if value is None:
            return None
        parts = urlsplit(str(value))
        local = parts.scheme == "http" and parts.hostname in LOOPBACK
        if parts.scheme != "https" and not local:
            raise Unreachable(f"{name} is no https URL: {value}")
        return str(value)

    def needed(name: str) -> str:
        value = url(name)
        if value is None:
            raise Unreachable(f"the discovery document does not name {name}")
        return value

    return Metadata(
        authorization_endpoint=needed("authorization_endpoint"),
        token_endpoint=needed("token_endpoint"),
        jwks_uri=needed("jwks_uri"),
        userinfo_endpoint=url("userinfo_endpoint"),
        end_session_endpoint=url("end_session_endpoint"),
        revocation_endpoint=url("revocation_endpoint"),
        sends_iss=found.get("authorization_response_iss_parameter_supported") is True,
    )


def _read_keys(document: Mapping[str, Any]) -> list[Key]:
    """Return the keys that can be used; others are not an error (RFC 7517 §5)."""
    found = document.get("keys")
    keys = []
    for key in found if isinstance(found, list) else []:
        with suppress(JoseError, ValueError, TypeError, KeyError, AttributeError):
            keys.append(JWKRegistry.import_key(key))
    return keys
