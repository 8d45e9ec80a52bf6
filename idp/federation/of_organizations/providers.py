"""The providers of an organization, as its owners set them up.

They say less of one than operators do: what it means for this server as a whole, and
for groups here, is not theirs to say. It speaks OpenID Connect.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from idp.accounts.access.permissions import Permission
from idp.core.db import db
from idp.core.errors import FieldError
from idp.core.randomness import new_id
from idp.core.text import worded
from idp.federation.models import ProviderRow
from idp.federation.providers.cache import provider_of
from idp.federation.providers.declared import read_declaration
from idp.federation.providers.errors import (
    InvalidProvider,
    TooManyProviders,
    UnknownProvider,
)
from idp.federation.providers.provider import ATTRIBUTE, NOTHING, Provider
from idp.federation.providers.registry import (
    change_provider,
    create_provider,
    delete_provider,
    get_provider,
    hold_provider,
    switch_provider,
)
from idp.federation.providers.rows import said_of
from idp.organizations.access import Actor
from idp.organizations.changes import hold_shared
from idp.organizations.errors import InsufficientRole
from idp.organizations.models import Organization
from idp.organizations.rights import Right

MOST = 10
OPENID = "oidc"
# What owners say; all else of their providers is for operators to say.
OWNERS_SAY = frozenset(
    {
        *("name", "preset", "icon", "issuer", "client_id", "auth_method", "key_id"),
        *("scopes", "response_mode", "claims", "groups_claim", "organization_roles"),
        *("allows_sign_up", "trust_email", "link"),
    }
)
# The domains are proven: who runs them could read the mail that proves an address.
AT_FIRST: Mapping[str, Any] = {"trust_email": True, "link": "verified"}
# In their organization owners may what operators of organizations may.
HELD = frozenset({Permission.ORGANIZATIONS_WRITE})


def list_own_providers(organization: Organization) -> list[Provider]:
    """Return the providers of an organization by name, with those that are off."""
    own = select(ProviderRow).where(ProviderRow.organization_id == organization.id)
    by_name = own.order_by(ProviderRow.name, ProviderRow.id)
    return [provider_of(row) for row in db.session.scalars(by_name)]


def get_own_provider(organization: Organization, provider_id: str) -> Provider:
    """Return one of them as it is stored, or raise UnknownProvider."""
    found = get_provider(provider_id)
    if found.organization_id != organization.id:
        raise UnknownProvider
    return found


def create_own_provider(
    organization: Organization,
    said: Mapping[str, Any],
    *,
    tenant: str | None = None,
    secret: str | None = None,
    actor: Actor,
) -> Provider:
    """Add a provider to an organization; its id is made here.

    Raises InvalidProvider, TooManyProviders, and what ``hold_shared`` does.
    """
    _refuse_others(said)
    declared = read_declaration({**AT_FIRST, **said}, tenant=tenant)
    if declared.kind != OPENID:
        hint = worded("must be one that speaks OpenID Connect")
        raise InvalidProvider([FieldError("preset", InvalidProvider.code, hint)])
    hold_shared(organization, Right.PROVIDERS, actor=actor)
    own = select(func.count()).where(ProviderRow.organization_id == organization.id)
    if (db.session.scalar(own) or 0) >= MOST:
        raise TooManyProviders
    return create_provider(
        f"org-{new_id()}",
        replace(declared, organization_id=organization.id),
        secret=secret,
        held=HELD,
        by=actor.user_id,
    )


def change_own_provider(
    organization: Organization,
    provider_id: str,
    *,
    said: Mapping[str, Any],
    secret: str | None = None,
    actor: Actor,
) -> Provider:
    """Say something else of a provider; what is not said stays, and so does a secret.

    Raises InvalidProvider, ProviderInUse, UnknownProvider, InsufficientRole for one
    that is an operator's to change, and what ``hold_shared`` does.
    """
    present = _hold_own(organization, provider_id, actor=actor)
    _refuse_others(said, present=present.claims)
    if present.groups or present.acr or present.amr or present.keeps_tokens:
        raise InsufficientRole  # what owners say of it would decide on these too
    declared = read_declaration(said, present=said_of(present))
    if declared.issuer != present.issuer:  # an operator has let that one be there
        declared = replace(declared, private_networks=False)
    return change_provider(
        provider_id, declared, secret=secret, held=HELD, by=actor.user_id
    )


def switch_own_provider(
    organization: Organization, provider_id: str, *, off: bool, actor: Actor
) -> Provider:
    """Let nobody sign in by a provider, or let them again.

    Raises as ``change_own_provider`` does.
    """
    _hold_own(organization, provider_id, actor=actor)
    return switch_provider(provider_id, off=off, by=actor.user_id)


def delete_own_provider(
    organization: Organization, provider_id: str, *, actor: Actor
) -> None:
    """Delete a provider and all links to it; raises as the others do."""
    _hold_own(organization, provider_id, actor=actor)
    delete_provider(provider_id, by=actor.user_id)


def delete_all(organization_id: str) -> None:
    """Delete the providers of an organization that is no more."""
    own = select(ProviderRow.id).where(ProviderRow.organization_id == organization_id)
    for provider_id in db.session.scalars(own).all():
        delete_provider(provider_id)


def _hold_own(
    organization: Organization, provider_id: str, *, actor: Actor
) -> Provider:
    """Return a provider that nobody else changes meanwhile, to who may change it.

    What speaks something else than OpenID Connect is an operator's to change.
    """
    hold_shared(organization, Right.PROVIDERS, actor=actor)
    held = hold_provider(provider_id)
    if held.organization_id != organization.id:
        raise UnknownProvider
    if held.kind != OPENID:
        raise InsufficientRole
    return held


def _refuse_others(
    said: Mapping[str, Any], *, present: Mapping[str, str] = NOTHING
) -> None:
    """Refuse what is for operators to say: claims that attributes have, for one.

    Those that are ``present`` stay.
    """
    errors = [
        FieldError(name, InvalidProvider.code, worded("not supported"))
        for name in said
        if name not in OWNERS_SAY
    ]
    if _attributes_in(said.get("claims", present)) != _attributes_in(present):
        hint = worded("are for operators of this server to say")
        errors.append(FieldError("claims", InvalidProvider.code, hint))
    if errors:
        raise InvalidProvider(errors)


def _attributes_in(claims: Mapping[str, str]) -> dict[str, str]:
    """Return what of a map of claims is about attributes."""
    return {ours: said for ours, said in claims.items() if ours.startswith(ATTRIBUTE)}
