"""What a user's attributes are to be: by their own word, or an operator's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from idp.accounts.models import User
from idp.accounts.profile.attributes.registry import definitions
from idp.accounts.profile.attributes.values import (
    FIELD,
    Definitions,
    judged_values,
    missing_values,
    shown_values,
    size_problem,
)
from idp.accounts.profile.rules import FOR_OPERATORS, FieldRules
from idp.accounts.users import hold_anew
from idp.core.errors import FieldError


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


def attribute_problems(sent: Mapping[str, Any], rules: FieldRules) -> list[FieldError]:
    """Return what is wrong with attributes of a new account, and what is missing."""
    known = definitions()
    taken, errors = _judged(sent, known, rules=rules)
    unfit = {error.field for error in errors}
    needed = [known[key] for key in rules.needed_at_sign_up if key in known]
    missing = missing_values(needed, taken)
    errors += [error for error in missing if error.field not in unfit]
    too_long = size_problem(_present(taken))
    return [*errors, too_long] if too_long else errors


def first_attributes(sent: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what an account begins with; what is not taken any more is left out.

    Who may say what was judged before (``attribute_problems``).
    """
    if not sent:
        return None
    taken, _ = _judged(sent, definitions(), rules=FOR_OPERATORS)
    return _present(taken) or None


def judge_change(
    user: User, sent: Mapping[str, Any], *, whole: bool, rules: FieldRules
) -> AttributeChange:
    """Return what becomes of a user's attributes; nothing is stored.

    ``whole``: a value that the writer may write, and does not send, goes. Nobody else
    writes them meanwhile.
    """
    known = definitions()
    if not (known or sent):
        return AttributeChange({})
    hold_anew(user)
    taken, errors = _judged(sent, known, rules=rules)
    before = shown_values(known, user.attributes)
    kept = _kept(before, known, rules=rules) if whole else before
    after = _present(kept | taken)
    unfit = {error.field for error in errors}
    named = [known[k] for k in rules.required if k in known and (whole or k in taken)]
    missing = missing_values(named, after)
    errors += [error for error in missing if error.field not in unfit]
    too_long = size_problem(after)
    if too_long:
        errors.append(too_long)
    differing = tuple(k for k in known if before.get(k) != after.get(k))
    return AttributeChange(after, differing, tuple(errors))


def _judged(
    sent: Mapping[str, Any], known: Definitions, *, rules: FieldRules
) -> tuple[dict[str, Any], list[FieldError]]:
    """Return the values that are taken, None for nothing any more, and mistakes."""
    open_to = {key: one for key, one in known.items() if key not in rules.hidden}
    return judged_values(sent, definitions=open_to, writable=rules.editors)


def _kept(
    before: Mapping[str, Any], known: Definitions, *, rules: FieldRules
) -> dict[str, Any]:
    """Return the values that are not the writer's to take away."""
    return {
        key: value
        for key, value in before.items()
        if key in rules.hidden or known[key].editable_by not in rules.editors
    }


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that there are."""
    return {key: value for key, value in values.items() if value is not None}
