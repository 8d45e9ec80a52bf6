"""Rows of providers: held for a change, written, compared, and noted."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import delete, select

from idp.core.caches.versions import Caches
from idp.core.context import current
from idp.core.db import db, table_of
from idp.federation.models import ProviderRow, UpstreamRequest, WaitingIdentity
from idp.federation.providers.cache import PROVIDERS
from idp.federation.providers.errors import UnknownProvider
from idp.federation.providers.provider import ProviderDeclaration
from idp.security import audit

COLUMNS = ("kind", "name", "position", "organization_id")


def hold_providers() -> None:
    """Let nobody else change providers: a domain belongs to one, and so does a place.

    Every process forgets what it knows of them, once this is committed.
    """
    current(Caches).bump(PROVIDERS)


def hold_row(provider_id: str) -> ProviderRow:
    """Return the row of a provider that is to be changed; it stays until the commit."""
    hold_providers()
    held = select(ProviderRow).where(ProviderRow.id == provider_id).with_for_update()
    fresh = held.execution_options(populate_existing=True)
    row = db.session.scalars(fresh).one_or_none()
    if row is None:
        raise UnknownProvider
    return row


def forget_begun(provider_id: str) -> None:
    """Let no sign-in end that began at what was this provider: it may be another now.

    What waits to be linked was said by that one.
    """
    for table in map(table_of, (UpstreamRequest, WaitingIdentity)):
        db.session.execute(delete(table).where(table.c.provider_id == provider_id))


def store_change(
    provider_id: str,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    by: str | None,
) -> None:
    """Write a change of held providers, and note it."""
    db.session.flush()
    audit.record(
        "provider.changed",
        user_id=by,
        provider=provider_id,
        before=before,
        after=after,
    )


def columns_of(declared: ProviderDeclaration) -> dict[str, Any]:
    """Return what is said as the columns of a row."""
    said = as_json(said_of(declared))
    columns = {name: said.pop(name) for name in COLUMNS}
    if not declared.private_networks:  # the version before does not know the name
        del said["private_networks"]
    return columns | {"configured": said}


def said_of(declared: ProviderDeclaration) -> dict[str, Any]:
    """Return what is said, by name."""
    return {
        each.name: getattr(declared, each.name) for each in fields(ProviderDeclaration)
    }


def as_json(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON has them."""
    return {
        name: list(value)
        if isinstance(value, tuple)
        else dict(value)
        if isinstance(value, Mapping)
        else value
        for name, value in said.items()
    }


def differences_of(
    old: ProviderDeclaration, new: ProviderDeclaration
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is different, as it was and as it is."""
    was, becomes = as_json(said_of(old)), as_json(said_of(new))
    names = [name for name in becomes if was[name] != becomes[name]]
    return {name: was[name] for name in names}, {name: becomes[name] for name in names}
