"""What another provider tells of a user's attributes: what of it is taken."""

import logging
import re
from collections.abc import Collection, Mapping
from typing import Any

from idp.accounts.models import User
from idp.accounts.profile.attributes.definitions import (
    AttributeType,
    Definition,
    Editor,
)
from idp.accounts.profile.attributes.registry import definitions
from idp.accounts.profile.attributes.values import (
    FIELD,
    judged_values,
    shown_values,
    size_problem,
)
from idp.accounts.users import hold_anew
from idp.core.db import db
from idp.security import audit

NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
TRUTHS = {"true": True, "false": False}

log = logging.getLogger(__name__)


def told_values(told: Mapping[str, Any], *, editor: Editor, by: str) -> dict[str, Any]:
    """Return what is taken of the attributes that ``editor`` writes, by key.

    What an attribute does not take is left out, and the log says so: it keeps nobody
    from signing in. ``by`` is who tells it.
    """
    known = {
        key: one for key, one in definitions().items() if one.editable_by == editor
    }
    read = {key: _read(known[key], told[key]) for key in told if key in known}
    taken, errors = judged_values(read, definitions=known, writable=(editor,))
    values = {key: value for key, value in taken.items() if value is not None}
    too_long = size_problem(values)
    for error in [*errors, too_long] if too_long else errors:
        log.warning("attribute not taken", extra={"field": error.field, "by": by})
    return {} if too_long else values


def follow_told(
    user: User, told: Mapping[str, Any], *, mapped: Collection[str], by: str
) -> None:
    """Make the ``mapped`` attributes that operators alone write what is told of them.

    What is not told any more goes; what an attribute does not take leaves it as it is.
    People's own word on the others is theirs.
    """
    known = definitions()
    keys = [
        key for key in mapped if key in known and known[key].editable_by == Editor.ADMIN
    ]
    if not keys:
        return
    taken = told_values(told, editor=Editor.ADMIN, by=by)
    gone = [key for key in keys if told.get(key) in (None, "")]
    if _after(user, taken, gone=gone) == shown_values(known, user.attributes):
        return
    hold_anew(user)
    before, after = shown_values(known, user.attributes), _after(user, taken, gone=gone)
    if size_problem(after):
        log.warning("attribute not taken", extra={"field": FIELD, "by": by})
        return
    user.attributes = after
    db.session.flush()
    fields = [f"{FIELD}.{key}" for key in keys if before.get(key) != after.get(key)]
    audit.record("profile.changed", user_id=user.id, fields=fields, by=by)


def _after(
    user: User, taken: Mapping[str, Any], *, gone: Collection[str]
) -> dict[str, Any]:
    """Return a user's values with what is told, and without what is not any more."""
    before = shown_values(definitions(), user.attributes)
    return {k: v for k, v in (before | dict(taken)).items() if k not in gone}


def _read(definition: Definition, value: object) -> object:
    """Return a claim as a value of the attribute's type, where it stands for one.

    A list of one is that one; directories tell numbers and truths as text.
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    kind = definition.type
    if isinstance(value, str):
        text = value.strip()
        if kind == AttributeType.NUMBER and NUMBER.fullmatch(text):
            return float(text) if "." in text else int(text)
        if kind == AttributeType.BOOLEAN:
            return TRUTHS.get(text.lower(), value)
    elif isinstance(value, int) and not isinstance(value, bool):
        return value if kind == AttributeType.NUMBER else str(value)
    return value
