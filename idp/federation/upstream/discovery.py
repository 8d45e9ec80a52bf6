"""Where an OpenID Provider is asked, as it says itself (OIDC Discovery §3, §4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from idp.core.context import current
from idp.federation.upstream.documents import as_object, fetch_json, read_json
from idp.federation.upstream.errors import UpstreamAway, UpstreamError
from idp.security.outbound.client import Fetched, Outbound
from idp.security.outbound.kept import KeptDocuments
from idp.security.outbound.targets import take_apart

WELL_KNOWN = "/.well-known/openid-configuration"
FRESH_SECONDS = 3600
RENEWED_SECONDS = 30  # for a provider that we have not understood
URLS = (
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "end_session_endpoint",
)


@dataclass(frozen=True)
class Endpoints:
    """Where a provider is asked; one that is no OpenID Provider has no ``issuer``.

    ``says_issuer``: each of its authorization responses names it (RFC 9207 §3).
    ``emails`` is where a provider lists addresses that its profiles leave out.
    """

    authorization: str
    token: str
    issuer: str | None = None
    jwks_uri: str | None = None
    userinfo: str | None = None
    emails: str | None = None
    end_session: str | None = None
    says_issuer: bool = False


class DiscoveredProviders(KeptDocuments[Mapping[str, Any]]):
    """The discovery documents that this process knows."""

    def __init__(self) -> None:
        super().__init__(_read_document)


def discover(issuer: str) -> Endpoints:
    """Return where an issuer is asked, as it said within the last hour.

    Raises UpstreamAway, or UpstreamError for a document that is not about it.
    """
    url = document_url(issuer)
    known = current(DiscoveredProviders)
    document = known.at(url, younger_than=FRESH_SECONDS)
    if document is None:
        document = known.at(url, younger_than=RENEWED_SECONDS)
    if document is None:
        raise UpstreamAway("discovery")
    return endpoints_in(document, issuer=issuer)


def discover_here(issuer: str) -> Endpoints:
    """Return the same of a provider that has just answered, for who sends a browser.

    One that cannot be reached is UpstreamAway, whatever it said before.
    """
    url = document_url(issuer)
    document = current(DiscoveredProviders).now(url, within=RENEWED_SECONDS)
    if document is None:
        raise UpstreamAway("discovery")
    return endpoints_in(document, issuer=issuer)


def discover_anew(issuer: str) -> Endpoints:
    """Return the same as it is right now, whatever is known, for who tries a provider.

    The reasons of what is raised say what failed.
    """
    document = as_object(fetch_json(document_url(issuer)))
    return endpoints_in(document, issuer=issuer)


def document_url(issuer: str) -> str:
    """Return where an issuer describes itself (OIDC Discovery §4.1)."""
    return issuer.rstrip("/") + WELL_KNOWN


def endpoints_in(document: Mapping[str, Any], *, issuer: str) -> Endpoints:
    """Return what a document says; it must be about ``issuer``, to the letter (§4.3).

    Raises UpstreamError also for a URL where no browser is sent and no secret goes.
    """
    if document.get("issuer") != issuer:
        raise UpstreamError("issuer")
    found = {name: _url_in(document, name) for name in URLS}
    if not (found["authorization_endpoint"] and found["token_endpoint"]):
        raise UpstreamError("endpoints")
    if found["jwks_uri"] is None:
        raise UpstreamError("jwks_uri")
    says = document.get("authorization_response_iss_parameter_supported")
    return Endpoints(
        issuer=issuer,
        authorization=found["authorization_endpoint"],
        token=found["token_endpoint"],
        jwks_uri=found["jwks_uri"],
        userinfo=found["userinfo_endpoint"],
        end_session=found["end_session_endpoint"],
        says_issuer=says is True,
    )


def _url_in(document: Mapping[str, Any], name: str) -> str | None:
    """Return a URL of a document, None where it has none; https, but on loopback."""
    url = document.get(name)
    if url is None:
        return None
    target = take_apart(url) if isinstance(url, str) else None
    if target is None or not current(Outbound).is_safe(target):
        raise UpstreamError(name)
    return str(url)


def _read_document(answer: Fetched) -> Mapping[str, Any] | None:
    """Return the JSON object in an answer, None for anything else."""
    try:
        return (
            as_object(read_json(answer.body))
            if answer.status == HTTPStatus.OK
            else None
        )
    except UpstreamError:
        return None
