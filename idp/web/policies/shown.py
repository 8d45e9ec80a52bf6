"""Policies as pages show them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from idp.accounts.policies.keys import Scope
from idp.administration.policies import PolicyState
from idp.web.policies.choices import names_in
from idp.web.policies.forms import (
    modes_in_words,
    modes_of,
    others_of,
    ticks_of,
    values_of,
)
from idp.web.problems import words_for


def shown_policy(state: PolicyState) -> dict[str, Any]:
    """Return what the page says of one key."""
    standing = state.value if state.row is None or state.source else None
    return {
        "name": state.key.name,
        "title": gettext(state.key.title),
        "doc": gettext(state.key.doc),
        "words": values_of(state.key.kind),
        "source": state.source,
        "standing": value_in_words(state, standing),
        "value": value_in_words(state, state.value),
        "boxes": ticks_of(state.key),
        "modes": modes_of(state.key),
        "others": others_of(state.key),
        "beside": _beside_in_words(state),
    }


def value_in_words(state: PolicyState, value: Any) -> str:
    """Return a value of a key for people; empty for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(gettext("Yes") if value else gettext("No"))
    if isinstance(value, tuple):
        return ", ".join(names_in(state, value).values())
    if isinstance(value, Mapping):
        return modes_in_words(value)
    seconds = state.key.name.endswith("_seconds")
    return f"{value} ({words_for(value)})" if seconds else str(value)


def _beside_in_words(state: PolicyState) -> str:
    """Say what the other side decided for the same organization; empty for nothing."""
    if state.beside is None:
        return ""
    value = value_in_words(state, state.beside.value)
    if state.beside.scope is Scope.OWNERS:
        return str(gettext("Its owners decided: %(value)s.", value=value))
    return str(gettext("Operators of this server decided: %(value)s.", value=value))
