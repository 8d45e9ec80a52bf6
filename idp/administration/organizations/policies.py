"""Policies of an organization: its owners add to what operators have decided for it.

Owners change nothing of that, and no more than a counter lets them: each change is a
row of the audit log, and has every process read all policies anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from idp.accounts.errors import InvalidInput
from idp.accounts.policies.keys import Scope
from idp.accounts.policies.rows import Place
from idp.administration.policies import (
    PolicyState,
    change_policies,
    hold_policies,
    list_policies,
)
from idp.core.errors import FieldError, IdpError
from idp.organizations.access import Actor, acts_by_role, require
from idp.organizations.changes import hold_shared
from idp.organizations.models import Organization
from idp.organizations.rights import Right
from idp.security.ratelimit.budgets import OWN_POLICIES

BY_OPERATOR = "operator"  # the source of what owners cannot change
LONGEST_LIST = 2048  # characters of the entries of an owner's list, all together


class SetByOperator(IdpError):
    """A policy of an organization that an operator decided, and its owner did not."""

    code = "set_by_operator"
    status = HTTPStatus.CONFLICT
    title = "Operators of this server have decided this, and they alone change it."


def list_policies_of(organization: Organization, *, actor: Actor) -> list[PolicyState]:
    """Return how it stands with what can be decided there, as ``actor`` may."""
    states = list_policies(_place_of(organization))
    return _seen(states, by_operator=_operates(organization, actor))


def hold_policies_of(organization: Organization, *, actor: Actor) -> list[PolicyState]:
    """Return the same as it is, for a change that others wait for.

    Raises RateLimited for owners, and what ``hold_shared`` does.
    """
    require(organization, Right.POLICY, actor=actor)
    by_operator = _operates(organization, actor)
    if not by_operator:
        OWN_POLICIES.meter(organization.id).count()
    hold_shared(organization, Right.POLICY, actor=actor)
    return _seen(hold_policies(_place_of(organization)), by_operator=by_operator)


def change_policies_of(
    organization: Organization,
    values: Mapping[str, Any],
    *,
    held: list[PolicyState],
    actor: Actor,
) -> list[str]:
    """Decide values by key, None for nothing any more; return what changed.

    ``held`` is from ``hold_policies_of``. Raises InvalidInput with all mistakes, and
    SetByOperator.
    """
    by_operator = _operates(organization, actor)
    if not by_operator:
        _refuse_from_owner(values, held)
    return change_policies(
        _place_of(organization),
        values,
        held=held,
        by=actor.user_id,
        by_operator=by_operator,
    )


def _place_of(organization: Organization) -> Place:
    """Return where the policies of an organization are."""
    return Scope.ORGANIZATION, organization.id


def _operates(organization: Organization, actor: Actor) -> bool:
    """Tell whether an actor does not act as an owner, who has a role for it."""
    return not acts_by_role(actor, organization, right=Right.POLICY)


def _seen(states: Iterable[PolicyState], *, by_operator: bool) -> list[PolicyState]:
    """Return the states as operators see them, or as owners do."""
    return [
        state
        if by_operator or state.row is None or not state.row.by_operator
        else replace(state, source=BY_OPERATOR)
        for state in states
    ]


def _refuse_from_owner(values: Mapping[str, Any], held: Iterable[PolicyState]) -> None:
    """Refuse what operators have decided, and lists that are too long to keep."""
    sources = {state.key.name: state.source for state in held}
    theirs = [name for name in values if sources.get(name)]
    if theirs:
        message = "set by an operator"
        raise SetByOperator(
            [FieldError(name, SetByOperator.code, message) for name in theirs]
        )
    errors = [
        FieldError(name, "too_long", word="text.too_long", values={"max": LONGEST_LIST})
        for name, value in values.items()
        if isinstance(value, list | tuple)
        and sum(len(str(each)) for each in value) > LONGEST_LIST
    ]
    if errors:
        raise InvalidInput(errors)
