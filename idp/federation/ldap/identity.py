"""Who an entry of a directory is, in the words of this server (pure)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from idp.accounts.sessions.proofs import Method, Proof
from idp.federation.ldap.entries import DirectoryEntry
from idp.federation.ldap_members import ATTRIBUTES
from idp.federation.providers.provider import Provider
from idp.federation.upstream.identity import (
    UpstreamIdentity,
    address_in,
    attributes_in,
    profile_in,
    subject_in,
)

VERIFIED = "email_verified"


def identity_of(
    provider: Provider, entry: DirectoryEntry, *, now: datetime
) -> UpstreamIdentity:
    """Return the identity of an entry, whose user has just shown the password.

    Its address counts as the directory's word: what that is worth, an operator says
    with ``trust_email``. Raises UpstreamError for one without a subject.
    """
    names = {**ATTRIBUTES, **provider.claims, VERIFIED: VERIFIED}
    claims = _claims(entry, names)
    email, verified = address_in(claims, names)
    return UpstreamIdentity(
        provider.id,
        subject_in(claims, names["sub"]),
        Proof(Method.PROVIDER, now),
        email=email,
        verified=verified,
        profile=profile_in(claims, names),
        groups=entry.groups,
        attributes=attributes_in(claims, provider.attributes),
    )


def _claims(entry: DirectoryEntry, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the first value of each attribute that is asked for."""
    values = {name: entry.texts(name) for name in names.values()}
    return {name: found[0] for name, found in values.items() if found} | {
        VERIFIED: True
    }
