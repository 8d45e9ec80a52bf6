"""The claims about users that there are now: built in, and defined by operators.

To use what a process keeps of it costs no statement.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from idp.accounts.profile.attributes.registry import ATTRIBUTES, definitions
from idp.accounts.profile.attributes.values import shown_values
from idp.core.caches.cached import Cached
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import table_of
from idp.oauth.models import CustomScope
from idp.oauth.protocol import claims
from idp.oauth.protocol.claims import USER_CLAIMS, Vocabulary

scopes = table_of(CustomScope)
ALL = select(scopes.c.name, scopes.c.description, scopes.c.claims).order_by(
    scopes.c.name
)


class VocabularyCache(Cached[Vocabulary]):
    """The vocabulary, as a process knows it."""

    def __init__(self) -> None:
        super().__init__(ATTRIBUTES)


def vocabulary() -> Vocabulary:
    """Return all claims about users, and the scope values that open them."""
    return current(VocabularyCache).fetch(ATTRIBUTES, _read)


def scope_names() -> frozenset[str]:
    """Return the scope values that open claims about users."""
    return frozenset(vocabulary().by_scope)


def custom_names() -> frozenset[str]:
    """Return the scope values that operators have defined."""
    return frozenset(vocabulary().descriptions)


def claims_of(user: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return the named claims that a row of ``users`` has a value for."""
    known, wanted = vocabulary(), list(dict.fromkeys(names))
    found = claims.values_of(user, [n for n in wanted if n not in known.keys])
    told = [name for name in wanted if name in known.keys]
    if told:
        values = shown_values(definitions(), user.attributes)
        found |= {n: values[known.keys[n]] for n in told if known.keys[n] in values}
    return found


def _read() -> Vocabulary:
    """Read it."""
    rows = connection().execute(ALL).all()
    told = [one for one in definitions().values() if one.claim]
    there_are = {*USER_CLAIMS, *(one.claim for one in told)}
    opened = {
        row.name: tuple(filter(there_are.__contains__, row.claims)) for row in rows
    }
    for one in told:
        if one.scope and one.claim not in opened.get(one.scope, ()):
            opened[one.scope] = (*opened.get(one.scope, ()), one.claim or "")
    return Vocabulary(
        descriptions={row.name: row.description for row in rows},
        opened=opened,
        keys={one.claim or "": one.key for one in told},
    )
