"""What a seed file declares of a development server (``--seed``, api.md §8)."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from idp.accounts.access.roles import accepted_roles
from idp.accounts.errors import InvalidInput
from idp.accounts.groups.declared import apply_group
from idp.accounts.models import User
from idp.accounts.password.change import declare_password
from idp.accounts.policies.keys import OF_ORGANIZATION, Scope
from idp.accounts.profile.attributes.declared import apply_attribute, apply_but_scope
from idp.accounts.profile.attributes.written import judge_change
from idp.accounts.profile.changes import name_after
from idp.accounts.profile.rules import FOR_OPERATORS
from idp.accounts.registration.sign_up import create_user
from idp.accounts.registration.waitlist.declared import apply_place
from idp.accounts.users import find_by_verified_address
from idp.administration.branding.declared import apply_branding
from idp.administration.policies import change_policies, hold_policies, place_of
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.errors import FieldError, IdpError
from idp.core.settings.declared import (
    ConfigurationError,
    ConfigurationProblem,
    nearest,
    reason,
)
from idp.core.text import worded
from idp.federation.providers.declared import apply_provider
from idp.oauth.apis.declared import apply_api
from idp.oauth.clients.declared import apply_client
from idp.oauth.custom_scopes.declared import apply_scope
from idp.oauth.models import Client
from idp.organizations.invites.declared import apply_invite
from idp.organizations.lifecycle.declared import apply_organization
from idp.organizations.registry import find_organization
from idp.organizations.waitlists.declared import apply_waitlist_entry
from idp.web.words import message_of

PROFILE = (
    "name",
    "given_name",
    "middle_name",
    "family_name",
    "nickname",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "phone_number",
    "locale",
    "zoneinfo",
)
USER_FIELDS: dict[str, type] = {
    "email": str,
    "username": str,
    "password": str,
    "email_verified": bool,
    "roles": list,
    "phone_number_verified": bool,
    "address": dict,
    "attributes": dict,
    **dict.fromkeys(PROFILE, str),
}
TYPE_NAMES = {str: "text", bool: "true or false", list: "a list", dict: "a table"}

LISTS = (
    "attributes",
    "scopes",
    "users",
    "organizations",
    "invites",
    "waitlists",
    "groups",
    "providers",
    "apis",
    "clients",
    "waitlist",
    "policies",
)
BRANDING = "branding"  # one table

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Seed:
    """A seed file as read: its path and the entries of its lists."""

    path: Path
    attributes: list[Entry]
    scopes: list[Entry]
    users: list[Entry]
    organizations: list[Entry]
    invites: list[Entry]
    waitlists: list[Entry]
    groups: list[Entry]
    providers: list[Entry]
    apis: list[Entry]
    clients: list[Entry]
    waitlist: list[Entry]
    policies: list[Entry]
    branding: list[Entry]

    def place(self, kind: str, number: int) -> str:
        """Return where an entry stands in the file."""
        return f"{self.path}: [[{kind}]] {number}"


def read_seed(path: Path) -> Seed:
    """Read a seed file; ConfigurationError has everything wrong with its shape."""
    try:
        tree = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        problem = ConfigurationProblem(str(path), f"cannot be read: {reason(error)}")
        raise ConfigurationError([problem]) from error
    problems = [
        ConfigurationProblem(str(path), f"no such list: {name}")
        for name in tree.keys() - {*LISTS, BRANDING}
    ]
    lists = {name: _entries(tree.get(name)) for name in LISTS}
    seed = Seed(path, **lists, branding=_entries([tree.get(BRANDING)]))
    for number, user in enumerate(seed.users, start=1):
        where = seed.place("users", number)
        problems += [ConfigurationProblem(where, text) for text in _user_problems(user)]
    if problems:
        raise ConfigurationError(problems)
    return seed


def apply_seed(seed: Seed) -> list[ConfigurationProblem]:
    """Make all that is declared so, and commit; again it changes nothing.

    Returns what was left out because this version does not have it. ConfigurationError
    has what the rules refused; then nothing is written.
    """
    problems: list[ConfigurationProblem] = []
    remarks: list[ConfigurationProblem] = []
    lists: tuple[tuple[str, list[Entry], Callable[[Entry], list[str]]], ...] = (
        ("attributes", seed.attributes, apply_but_scope),
        ("scopes", seed.scopes, apply_scope),
        ("attributes", seed.attributes, apply_attribute),
        ("users", seed.users, _apply_user),
        ("organizations", seed.organizations, apply_organization),
        ("invites", seed.invites, apply_invite),
        ("waitlists", seed.waitlists, apply_waitlist_entry),
        ("groups", seed.groups, apply_group),
        ("providers", seed.providers, apply_provider),
        ("apis", seed.apis, apply_api),
        ("clients", seed.clients, apply_client),
        ("waitlist", seed.waitlist, _apply_place),
        ("policies", seed.policies, _apply_policies),
        (BRANDING, seed.branding, partial(apply_branding, folder=seed.path.parent)),
    )
    for kind, declared, apply in lists:
        for number, entry in enumerate(declared, start=1):
            where = seed.place(kind, number)
            try:
                remarks += [ConfigurationProblem(where, text) for text in apply(entry)]
            except IdpError as error:
                problems += [
                    ConfigurationProblem(where, text) for text in _refusals(error)
                ]
    if problems:
        db.session.rollback()
        raise ConfigurationError(list(dict.fromkeys(problems)))
    db.session.commit()
    return remarks


def _entries(value: object) -> list[Entry]:
    """Return the tables of a TOML array of tables; anything else holds none."""
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, dict)]


def _user_problems(user: Entry) -> Iterator[str]:
    """Yield what is wrong with the fields of one declared user."""
    if "email" not in user:
        yield "email: must be given"
    for name, value in user.items():
        wanted = USER_FIELDS.get(name)
        if wanted is None:
            yield f"{name}: no such field{nearest(name, USER_FIELDS)}"
        elif not isinstance(value, wanted):
            yield f"{name}: must be {TYPE_NAMES[wanted]}"


def _apply_user(declared: Entry) -> list[str]:
    """Create a declared user, or bring the one with this address into line."""
    user = find_by_verified_address(declared["email"])
    if user is None:
        user = create_user(
            email=declared["email"],
            username=declared.get("username"),
            password=declared.get("password"),
            email_verified=declared.get("email_verified", False),
            roles=tuple(declared.get("roles", ())),
        )
    _align(user, declared)
    db.session.flush()
    return []


def _align(user: User, declared: Entry) -> None:
    """Set what the declaration says and leave the rest of the row alone."""
    profile = {name: declared[name] for name in PROFILE if name in declared}
    for name, value in (profile | {"name": name_after(user, profile)}).items():
        setattr(user, name, value)
    if "address" in declared:
        user.address = dict(declared["address"])
    if "attributes" in declared:
        _align_attributes(user, declared["attributes"])
    if "roles" in declared:
        user.roles = accepted_roles(declared["roles"])
    for flag in ("email_verified", "phone_number_verified"):
        if flag in declared:
            _verify(user, f"{flag}_at", verified=declared[flag])
    if declared.get("password"):
        declare_password(user, declared["password"])


def _align_attributes(user: User, declared: Entry) -> None:
    """Set the values that are declared, and leave the others; raises InvalidInput."""
    sent = {key: _as_json(value) for key, value in declared.items()}
    change = judge_change(user, sent, whole=False, rules=FOR_OPERATORS)
    if change.errors:
        raise InvalidInput(change.errors)
    if change.changed:
        user.attributes = change.values


def _as_json(value: Any) -> Any:
    """Return a value of TOML as one of JSON: a date is written without quotes there."""
    return value.isoformat() if isinstance(value, date) else value


def _verify(user: User, column: str, *, verified: bool) -> None:
    """Set or clear a moment of verification; one that is set keeps its time."""
    if verified != (getattr(user, column) is not None):
        setattr(user, column, utcnow() if verified else None)


def _apply_place(declared: Entry) -> list[str]:
    """Have somebody wait for an account; the app that they came from has to be one."""
    remarks = apply_place(declared)
    client_id = declared.get("client_id")
    if client_id is not None and db.session.get(Client, client_id) is None:
        raise InvalidInput([FieldError("client_id", "unknown")])
    return remarks


def _apply_policies(declared: Entry) -> list[str]:
    """Decide policies of the server, a role, an app or an organization (its slug)."""
    known = {"scope", "scope_id", "values"}
    unknown = sorted(declared.keys() - known)
    values = declared.get("values")
    if unknown or not isinstance(values, dict):
        field = unknown[0] if unknown else "values"
        message = worded("not supported" if unknown else "must be a table")
        raise InvalidInput([FieldError(field, "invalid", message)])
    scope, scope_id = str(declared.get("scope", "")), str(declared.get("scope_id", ""))
    found = find_organization(scope_id) if scope in OF_ORGANIZATION else None
    place = place_of(scope or Scope.INSTANCE, found.id if found else scope_id)
    change_policies(place, values, held=hold_policies(place))
    return []


def _refusals(error: IdpError) -> list[str]:
    """Return what a rule refused, one line a field."""
    lines = [f"{item.field}: {message_of(item)}" for item in error.errors]
    return lines or [error.title]
