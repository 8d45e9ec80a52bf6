"""The issuer of a discovery document, for who knows the document's address alone."""

from collections.abc import Mapping
from typing import Any

from idp.core.db import undo_if_used
from idp.core.errors import FieldError
from idp.core.text import worded
from idp.federation.providers.errors import InvalidProvider
from idp.federation.upstream.discovery import WELL_KNOWN, discover_anew
from idp.federation.upstream.documents import as_object, fetch_json
from idp.federation.upstream.errors import UpstreamError
from idp.federation.upstream.registration import ClientProof


def with_issuer_found(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of a provider, with its issuer where that was a document's.

    An issuer may end in a slash, which the address of its document does not tell (OIDC
    Discovery §4.1). Nothing is fetched for an issuer that is one. Raises
    InvalidProvider; to be called before anything is written.
    """
    url = said.get("issuer")
    if not isinstance(url, str) or not url.endswith(WELL_KNOWN):
        return dict(said)
    undo_if_used()  # no connection is held while the provider is asked
    try:
        document = as_object(fetch_json(url))
        issuer = issuer_in(document, url=url)
        discover_anew(issuer)
    except UpstreamError as failed:
        hint = worded("leads to no document of a provider")
        error = FieldError("issuer", InvalidProvider.code, hint)
        raise InvalidProvider([error]) from failed
    method = auth_method_in(document)
    found = {} if method == ClientProof.BASIC else {"auth_method": method}
    return {**found, **said, "issuer": issuer}


def auth_method_in(document: Mapping[str, Any]) -> str:
    """Return how a provider wants a secret: in a header, unless it takes none there."""
    known = document.get("token_endpoint_auth_methods_supported")
    return (ClientProof.POST if _takes_no_header(known) else ClientProof.BASIC).value


def issuer_in(document: Mapping[str, Any], *, url: str) -> str:
    """Return the issuer that a document is about; else raise UpstreamError."""
    begins = url.removesuffix(WELL_KNOWN)
    issuer = document.get("issuer")
    if issuer not in (begins, f"{begins}/"):
        raise UpstreamError("issuer")
    return str(issuer)


def _takes_no_header(known: Any) -> bool:
    """Tell whether a provider wants a secret in the form alone (§3)."""
    return (
        isinstance(known, list)
        and ClientProof.POST in known
        and ClientProof.BASIC not in known
    )
