"""What there is to choose where a policy names apps or providers: by their names."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from idp.accounts.policies.keys import ALLOWED_CLIENTS, ALLOWED_PROVIDERS, PolicyKey
from idp.administration.policies import PolicyState
from idp.federation.providers.cache import find_provider
from idp.federation.providers.offered import list_of_organization
from idp.oauth.clients.access.named import name_clients
from idp.oauth.clients.account_client import ACCOUNT_CLIENT
from idp.oauth.clients.cache import find_client

MOST = 50  # boxes of a policy; whoever has more types the ids of others


@dataclass(frozen=True)
class Choices:
    """What a policy may name: names by ids, and whether there are ``more``."""

    names: Mapping[str, str]
    more: bool


def choices_in(
    organization_id: str, states: Iterable[PolicyState], *, user_id: str | None
) -> dict[str, Choices]:
    """Return by key what policies of an organization may name, first what they do.

    ``user_id`` is its owner's, who is told of no app that they may not use; None is an
    operator.
    """
    offered = {
        ALLOWED_CLIENTS.name: lambda: _apps(user_id),
        ALLOWED_PROVIDERS.name: lambda: {
            each.id: each.name for each in list_of_organization(organization_id)
        },
    }
    return {
        state.key.name: _choices(state, offered[state.key.name]())
        for state in states
        if state.key.name in offered and state.source is None
    }


def names_in(state: PolicyState, ids: Collection[str]) -> dict[str, str]:
    """Return by id what some are called of which whoever decides is told.

    Others go by their ids.
    """
    told = ids if state.told is None else state.told(ids)
    return {each: _name_of(state.key, each) if each in told else each for each in ids}


def _name_of(key: PolicyKey[Any], named: str) -> str:
    """Return what is called so in a policy; what is gone, by its id."""
    if key.name == ALLOWED_CLIENTS.name:
        client = find_client(named)
        if named == ACCOUNT_CLIENT:
            return str(gettext("Account API"))
        return client.client_name if client else named
    if key.name == ALLOWED_PROVIDERS.name:
        provider = find_provider(named)
        return provider.name if provider else named
    return named


def _choices(state: PolicyState, offered: Mapping[str, str]) -> Choices:
    """Return what is named now, and what else may be."""
    named = names_in(state, state.row.value if state.row else ())
    others = {each: name for each, name in offered.items() if each not in named}
    shown = dict(list(others.items())[:MOST])
    return Choices(names=named | shown, more=len(others) > MOST)


def _apps(user_id: str | None) -> dict[str, str]:
    """Return the apps, as many as are needed to know whether there are more."""
    own = {ACCOUNT_CLIENT: str(gettext("Account API"))}
    return own | name_clients(user_id, most=2 * MOST)
