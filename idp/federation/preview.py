"""What a provider says of itself, for who is about to set it up."""

from dataclasses import dataclass

from idp.core.db import undo_if_used
from idp.federation.discovery_url import auth_method_in, issuer_in
from idp.federation.trial import ProviderTrial, TrialStep
from idp.federation.upstream.discovery import WELL_KNOWN, document_url, endpoints_in
from idp.federation.upstream.documents import as_object, fetch_json
from idp.federation.upstream.errors import UpstreamError


@dataclass(frozen=True)
class Previewed:
    """What a provider says, as far as it is looked at, in the words of its members.

    Only what was checked, as at a sign-in: nothing else that it has written is told.
    ``says_issuer``: its answers name it (RFC 9207).
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str | None
    jwks_uri: str | None
    end_session_endpoint: str | None
    auth_method: str
    says_issuer: bool


@dataclass(frozen=True)
class Preview:
    """What was found, or what failed; the reason is a word of ours."""

    trial: ProviderTrial
    found: Previewed | None = None


def preview(url: str) -> Preview:
    """Ask an issuer, or the document at a discovery URL, what it is; keep nothing."""
    undo_if_used()  # no connection is held while the provider is asked
    try:
        return Preview(ProviderTrial(), _asked(url.strip()))
    except UpstreamError as failed:
        return Preview(ProviderTrial(TrialStep.DISCOVERY, failed.reason))


def _asked(url: str) -> Previewed:
    """Return what the document of a provider says; raises UpstreamError."""
    by_document = url.endswith(WELL_KNOWN)
    document = as_object(fetch_json(url if by_document else document_url(url)))
    issuer = issuer_in(document, url=url) if by_document else url
    found = endpoints_in(document, issuer=issuer)
    return Previewed(
        issuer=issuer,
        authorization_endpoint=found.authorization,
        token_endpoint=found.token,
        userinfo_endpoint=found.userinfo,
        jwks_uri=found.jwks_uri,
        end_session_endpoint=found.end_session,
        auth_method=auth_method_in(document),
        says_issuer=found.says_issuer,
    )
