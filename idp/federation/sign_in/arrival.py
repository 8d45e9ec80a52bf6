"""What a provider says of who comes back: fetched, verified, put into our words."""

import json
from collections.abc import Mapping
from typing import Any

from idp.core.clock import utcnow
from idp.federation.providers.provider import CLAIMS, Provider
from idp.federation.sign_in.requests import SentBrowser
from idp.federation.upstream.discovery import Endpoints
from idp.federation.upstream.exchange import UpstreamTokens, exchange
from idp.federation.upstream.id_tokens import is_subject, verify_id_token
from idp.federation.upstream.identity import (
    UpstreamIdentity,
    address_in,
    attributes_in,
    groups_in,
    profile_in,
    proof_of,
    subject_in,
)
from idp.federation.upstream.of_provider import (
    endpoints_of,
    reach_of,
    registration_at,
)
from idp.federation.upstream.profiles import fetch_address, fetch_userinfo
from idp.federation.upstream.responses import Cancelled, read_response

NAME_PARTS = {"given_name": "firstName", "family_name": "lastName"}
# What an operator may have a level of a provider stand for: two factors.
STRONG = frozenset({"aal2", "phr", "mfa"})


def fetch_identity(
    provider: Provider, sent: SentBrowser, *, fields: Mapping[str, str]
) -> UpstreamIdentity | Cancelled:
    """Return who a provider says that somebody is; nothing is written meanwhile.

    Raises UpstreamAway or UpstreamError.
    """
    with reach_of(provider):
        return _fetch(provider, sent, fields=fields)


def _fetch(
    provider: Provider, sent: SentBrowser, *, fields: Mapping[str, str]
) -> UpstreamIdentity | Cancelled:
    """Ask it."""
    endpoints, registration = endpoints_of(provider), registration_at(provider)
    answered = read_response(fields, endpoints)
    if isinstance(answered, Cancelled):
        return answered
    tokens = exchange(
        answered.code,
        endpoints=endpoints,
        registration=registration,
        code_verifier=sent.secrets.code_verifier,
    )
    claims = _claims(provider, endpoints, tokens=tokens, sent=sent)
    told = _told_by_browser(fields.get("user")) | claims
    return _identity(provider, told, tokens=tokens, sent=sent, endpoints=endpoints)


def _claims(
    provider: Provider,
    endpoints: Endpoints,
    *,
    tokens: UpstreamTokens,
    sent: SentBrowser,
) -> dict[str, Any]:
    """Return what a provider says; what its ID Token says counts first."""
    access_token = tokens.access_token
    signed: Mapping[str, Any] = {}
    if endpoints.issuer:
        signed = verify_id_token(
            tokens.id_token or "",
            endpoints=endpoints,
            client_id=provider.client_id,
            nonce=sent.secrets.nonce,
            access_token=access_token,
        )
    names = _names(provider)
    claims = dict(signed)
    wanted = {names["email"], names["name"], provider.groups_claim} - {None}
    wanted |= {*provider.attributes.values()}
    if not wanted <= signed.keys():
        subject = signed["sub"] if endpoints.issuer else None
        found = fetch_userinfo(endpoints, access_token=access_token, subject=subject)
        claims = {**found, **signed}
    if not claims.get(names["email"]) or not claims.get(names["email_verified"]):
        listed = fetch_address(endpoints, access_token=access_token)
        claims |= {names[ours]: value for ours, value in listed.items()}
    return claims


def _identity(
    provider: Provider,
    claims: Mapping[str, Any],
    *,
    tokens: UpstreamTokens,
    sent: SentBrowser,
    endpoints: Endpoints,
) -> UpstreamIdentity:
    """Return what claims say in the words of this server."""
    names = _names(provider)
    email, verified = address_in(claims, names)
    proof = proof_of(
        claims,
        begun_at=sent.begun_at,
        max_age=sent.max_age,
        strong=_is_strong(provider, claims),
        now=utcnow(),
    )
    session = claims.get("sid")
    return UpstreamIdentity(
        provider.id,
        subject_in(claims, names["sub"]),
        proof,
        email=email,
        verified=verified,
        profile=profile_in(claims, names),
        groups=groups_in(claims, provider.groups_claim),
        attributes=attributes_in(claims, provider.attributes),
        tokens=tokens.answer if provider.keeps_tokens else None,
        session=session if is_subject(session) else None,
        id_token=tokens.id_token if endpoints.end_session else None,
    )


def _names(provider: Provider) -> Mapping[str, str]:
    """Return what a provider calls what we know."""
    return {**CLAIMS, **provider.claims}


def _is_strong(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """Tell whether a sign-in there is of two factors, by the operator's word alone."""
    acr, amr = claims.get("acr"), claims.get("amr")
    named = amr if isinstance(amr, list) else []
    meant = [provider.acr.get(acr)] if isinstance(acr, str) else []
    meant += [provider.amr.get(method) for method in named if _is_text(method)]
    return not STRONG.isdisjoint(meant)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _told_by_browser(user: str | None) -> dict[str, Any]:
    """Return the name that Apple has the browser bring, at the first sign-in alone.

    Nobody has signed it: it is as good as a name that is typed.
    """
    try:
        name = json.loads(user)["name"] if user else {}
        parts = {ours: name.get(theirs) for ours, theirs in NAME_PARTS.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {ours: text for ours, text in parts.items() if _is_text(text)}
