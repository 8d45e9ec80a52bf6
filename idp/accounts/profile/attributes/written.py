"""What a user's attributes are to be: by their own word, or an operator's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from idp.accounts.models import User
from idp.accounts.profile.attributes.definitions import Editor, RequiredAt
from idp.accounts.profile.attributes.registry import definitions
from idp.accounts.profile.attributes.values import (
    FIELD,
    judged_values,
    missing_values,
    required_of,
    shown_values,
    size_problem,
)
from idp.accounts.users import hold_anew
from idp.core.errors import FieldError

ALL_EDITORS = frozenset(Editor)
USERS_ALONE = frozenset({Editor.USER})


@dataclass(frozen=True)
class AttributeChange:
    """The values as they are to be, which of them differ, and what is wrong."""

    values: dict[str, Any]
    changed: tuple[str, ...] = ()
    errors: tuple[FieldError, ...] = ()

    @property
    def fields(self) -> list[str]:
        """Return what differs, as fields of a profile."""
        return [f"{FIELD}.{key}" for key in self.changed]


def attributes_of(user: User) -> dict[str, Any]:
    """Return what is said of a user, by key."""
    return shown_values(definitions(), user.attributes)


def attribute_problems(sent: Mapping[str, Any]) -> list[FieldError]:
    """Return what is wrong with the attributes of a sign-up, and what is missing."""
    taken, errors = _judged_at_sign_up(sent)
    unfit = {error.field for error in errors}
    missing = missing_values(required_of(definitions(), RequiredAt.REGISTER), taken)
    too_long = size_problem(taken)
    errors += [error for error in missing if error.field not in unfit]
    return [*errors, too_long] if too_long else errors


def first_attributes(sent: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what an account begins with; what is not taken any more is left out."""
    return (_judged_at_sign_up(sent)[0] or None) if sent else None


def judge_change(
    user: User, sent: Mapping[str, Any], *, whole: bool, by_operator: bool
) -> AttributeChange:
    """Return what becomes of a user's attributes; nothing is stored.

    ``whole``: a value that the writer may write, and does not send, goes. Operators may
    take away what users have to give. Nobody else writes them meanwhile.
    """
    known = definitions()
    if not (known or sent):
        return AttributeChange({})
    hold_anew(user)
    writable = ALL_EDITORS if by_operator else USERS_ALONE
    taken, errors = judged_values(sent, definitions=known, writable=writable)
    before = shown_values(known, user.attributes)
    after = before
    if whole:
        after = {
            k: v for k, v in before.items() if known[k].editable_by not in writable
        }
    after = {k: v for k, v in {**after, **taken}.items() if v is not None}
    if not by_operator:
        wanted = required_of(known, RequiredAt.REGISTER, RequiredAt.SIGN_IN)
        unfit = {error.field for error in errors}
        named = [one for one in wanted if whole or one.key in taken]
        missing = missing_values(named, after)
        errors += [error for error in missing if error.field not in unfit]
    too_long = size_problem(after)
    if too_long:
        errors.append(too_long)
    differing = tuple(k for k in known if before.get(k) != after.get(k))
    return AttributeChange(after, differing, tuple(errors))


def _judged_at_sign_up(
    sent: Mapping[str, Any],
) -> tuple[dict[str, Any], list[FieldError]]:
    """Return the values that users give at sign-up, and mistakes."""
    taken, errors = judged_values(sent, definitions=definitions(), writable=USERS_ALONE)
    return {key: v for key, v in taken.items() if v is not None}, errors
