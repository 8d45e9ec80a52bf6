"""Policies of an organization: its owners decide beside operators, and both hold.

Owners change nothing of what operators decided, and no more than a counter lets them:
each change is a row of the audit log, and has every process read all policies anew.
They name no app that they may not use, nor a provider of others: one that there is not
is refused in the same words.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from idp.accounts.errors import InvalidInput
from idp.accounts.policies.keys import ALLOWED_CLIENTS, ALLOWED_PROVIDERS, Scope
from idp.accounts.policies.rows import Place
from idp.administration.policies import (
    PolicyState,
    change_policies,
    hold_policies,
    list_policies,
)
from idp.core.errors import FieldError
from idp.federation.providers.offered import list_of_organization
from idp.oauth.clients.access.named import told_clients
from idp.oauth.clients.account_client import ACCOUNT_CLIENT
from idp.organizations.access import Actor, acts_by_role, require
from idp.organizations.changes import hold_shared
from idp.organizations.models import Organization
from idp.organizations.rights import Right
from idp.security.ratelimit.budgets import OWN_POLICIES

LONGEST_LIST = 2048  # characters of the entries of an owner's list, all together


def list_policies_of(organization: Organization, *, actor: Actor) -> list[PolicyState]:
    """Return how it stands with what ``actor`` can decide there: an owner, or not."""
    place = policy_place(organization, actor=actor)
    return _as_told(list_policies(place), place, actor=actor)


def hold_policies_of(organization: Organization, *, actor: Actor) -> list[PolicyState]:
    """Return the same as it is, for a change that others wait for.

    Raises RateLimited for owners, and what ``hold_shared`` does.
    """
    require(organization, Right.POLICY, actor=actor)
    place = policy_place(organization, actor=actor)
    if place[0] is Scope.OWNERS:
        OWN_POLICIES.meter(organization.id).count()
    hold_shared(organization, Right.POLICY, actor=actor)
    return _as_told(hold_policies(place), place, actor=actor)


def change_policies_of(
    organization: Organization,
    values: Mapping[str, Any],
    *,
    held: list[PolicyState],
    actor: Actor,
) -> list[str]:
    """Decide values by key, None for nothing any more; return what changed.

    ``held`` is from ``hold_policies_of``. Raises InvalidInput with all mistakes.
    """
    place = policy_place(organization, actor=actor)
    if place[0] is Scope.OWNERS:
        _refuse_long(values)
    return change_policies(place, values, held=held, by=actor.user_id)


def policy_place(organization: Organization, *, actor: Actor) -> Place:
    """Return where an actor decides: who has a role for it does as an owner."""
    owns = acts_by_role(actor, organization, right=Right.POLICY)
    return (Scope.OWNERS if owns else Scope.ORGANIZATION), organization.id


def _as_told(
    states: list[PolicyState], place: Place, *, actor: Actor
) -> list[PolicyState]:
    """Return the states with what an owner is told of, and may name in them."""
    scope, organization_id = place
    if scope is not Scope.OWNERS or actor.user_id is None:
        return states
    told = {
        ALLOWED_CLIENTS.name: partial(_told_apps, user_id=actor.user_id),
        ALLOWED_PROVIDERS.name: partial(_told_providers, organization_id),
    }
    return [replace(state, told=told.get(state.key.name)) for state in states]


def _told_apps(ids: Collection[str], *, user_id: str) -> set[str]:
    """Return which of some apps a user may use; the account API is everybody's."""
    return {ACCOUNT_CLIENT, *told_clients(ids, user_id=user_id)}


def _told_providers(organization_id: str, _: Collection[str]) -> set[str]:
    """Return the providers by which people of an organization come."""
    return {each.id for each in list_of_organization(organization_id)}


def _refuse_long(values: Mapping[str, Any]) -> None:
    """Refuse lists that are too long to keep, of an owner."""
    errors = [
        FieldError(name, "too_long", word="text.too_long", values={"max": LONGEST_LIST})
        for name, value in values.items()
        if isinstance(value, list | tuple)
        and sum(len(str(each)) for each in value) > LONGEST_LIST
    ]
    if errors:
        raise InvalidInput(errors)
