"""What the issuer says of itself: its endpoints and its keys, kept for a while."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, KeySetSerialization

from idp_rp.outbound import IssuerAnswer, Unreachable, ask
from idp_rp.settings import LOOPBACK

METADATA_SECONDS: Final = 60 * 60
KEYS_SECONDS: Final = 60 * 60
# An unknown kid asks the issuer again, but strangers send those too.
REFETCH_SECONDS: Final = 30
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
            if self._metadata is None or age > METADATA_SECONDS:
                try:
                    self._metadata = self._discover()
                except Unreachable:
                    if self._metadata is None:
                        raise
                self._metadata_at = time.monotonic()
            return self._metadata

    def key(self, kid: str | None, *, algorithm: str) -> Key | None:
        """Find the key of a signature; without a kid it must be the only possible.

        Keys are asked for again when ``kid`` is not among them, but not for each that
        somebody invents.
        """
        uri = self.metadata().jwks_uri
        with self._lock:
            age = time.monotonic() - self._keys_at
            found = self._among_keys(kid, algorithm)
            if age > KEYS_SECONDS or (found is None and age > REFETCH_SECONDS):
                self._keys_at = time.monotonic()
                self._keys = self._fetch_keys(uri) or self._keys
                found = self._among_keys(kid, algorithm)
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

    def _discover(self) -> Metadata:
        url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        answer = self._fetch(url)
        if answer.status != httpx.codes.OK or answer.body.get("issuer") != self.issuer:
            told = answer.body.get("issuer")
            raise Unreachable(f"{url}: status {answer.status}, issuer {told!r}")
        return _read_metadata(answer.body)

    def _fetch_keys(self, uri: str) -> list[Key]:
        """Return the keys of the JWKS; none where it has none that are usable."""
        answer = self._fetch(uri)
        try:
            document = cast(KeySetSerialization, answer.body)
            return list(KeySet.import_key_set(document).keys)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Unreachable(f"{uri}: no JWKS ({error})") from error

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


def _read_metadata(found: Mapping[str, Any]) -> Metadata:
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
