"""Finding providers: all are read once, and kept by the process.

There are few, and pages ask which there are: it costs no statement.
"""

from typing import Any

from sqlalchemy import select

from idp.core.caches.cached import Cached
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import table_of
from idp.federation.models import ProviderRow
from idp.federation.providers.provider import Provider

PROVIDERS = "providers"  # the name in cache_versions
LISTS = frozenset({"scopes", "domains"})

rows = table_of(ProviderRow)
ALL = select(rows).order_by(rows.c.position, rows.c.id)
COLUMNS = tuple(name for name in rows.c.keys() if name != "configured")  # noqa: SIM118


class ProviderCache(Cached[tuple[Provider, ...]]):
    """All providers, in operators' order."""

    def __init__(self) -> None:
        super().__init__(PROVIDERS)


def list_providers() -> tuple[Provider, ...]:
    """Return all providers in operators' order, with those that are switched off."""
    return current(ProviderCache).fetch(PROVIDERS, _read)


def find_provider(provider_id: str) -> Provider | None:
    """Return the provider of an id, None if there is none; it may be switched off."""
    return next((p for p in list_providers() if p.id == provider_id), None)


def provider_of(row: Any) -> Provider:
    """Return the value of a row of ``providers``."""
    configured: dict[str, Any] = {
        name: tuple(value) if name in LISTS else value
        for name, value in row.configured.items()
    }
    return Provider(**configured, **{name: getattr(row, name) for name in COLUMNS})


def _read() -> tuple[Provider, ...]:
    """Read all of them."""
    return tuple(map(provider_of, connection().execute(ALL)))
