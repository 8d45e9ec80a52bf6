"""What a user says about themselves: read it, replace it, change parts of it.

The fields that may be written are listed in ``profile_fields.FIELDS`` and nowhere else
(mass assignment, security.md §5). The address of the account has a rule of its own,
``email_change``.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from idp.accounts.errors import InvalidInput, UsernameTaken
from idp.accounts.models import User
from idp.accounts.names import name_of_parts, username_key
from idp.accounts.profile.attributes.definitions import Editor
from idp.accounts.profile.attributes.values import FIELD as ATTRIBUTES
from idp.accounts.profile.attributes.written import AttributeChange, judge_change
from idp.accounts.profile.fields import FIELDS, Unfit, accepted
from idp.accounts.profile.rules import FieldRules, hidden_errors, required_errors
from idp.accounts.profile.stored_pictures import drop_unused_picture
from idp.accounts.profile.usernames import (
    is_username_free,
    keep_left_username,
    take_username_back,
)
from idp.accounts.settings import AccountsSettings
from idp.core.context import current
from idp.core.db import unless_taken
from idp.core.errors import FieldError
from idp.core.pictures.addresses import own_picture_path
from idp.security import audit


def profile_of(user: User) -> dict[str, Any]:
    """Return the fields that the user may write, as they are, without attributes."""
    return {field: getattr(user, field) for field in FIELDS}


def replace_profile(
    user: User,
    values: Mapping[str, Any],
    *,
    prove: Callable[[], object],
    rules: FieldRules,
) -> list[str]:
    """Make the profile exactly ``values``: a field that is not sent is cleared.

    The username is kept then, and what is hidden from users; the name, or a part of it,
    has to be sent, and what users have to give. What they may not write is kept.
    Returns the names of the fields that differ. Raises InvalidInput with every mistake
    at once, UsernameTaken, and whatever ``prove`` does.
    """
    kept = {"username", *rules.hidden}
    cleared = dict.fromkeys(field for field in FIELDS if field not in kept)
    missing = [] if _says_name(values) else [_required("name")]
    sent = values.get(ATTRIBUTES) or {}
    return _write(
        user,
        cleared | dict(values),
        attributes=judge_change(user, sent, whole=True, rules=rules),
        errors=[*missing, *hidden_errors(values, rules)],
        rules=rules,
        prove=prove,
    )


def merge_profile(
    user: User,
    values: Mapping[str, Any],
    *,
    prove: Callable[[], object],
    rules: FieldRules,
) -> list[str]:
    """Change the fields and attributes in ``values`` alone; null or empty clears one.

    ``prove`` is called before a username goes, and raises where the caller has not
    proven lately who they are. Returns and raises as ``replace_profile`` does.
    """
    sent, whole = values.get(ATTRIBUTES), ATTRIBUTES in values
    whole = whole and sent is None
    return _write(
        user,
        values,
        attributes=judge_change(user, sent or {}, whole=whole, rules=rules),
        errors=hidden_errors(values, rules),
        rules=rules,
        prove=prove,
    )


def name_after(user: User, changed: Mapping[str, Any]) -> str | None:
    """Return a user's name once ``changed`` is so: made of its parts it follows them.

    It is made of them where none is given, and stays when they go.
    """
    given, family = user.given_name, user.family_name
    made = name_of_parts(
        changed.get("given_name", given), changed.get("family_name", family)
    )
    if "name" in changed:
        return changed["name"] or made
    follows = user.name in (None, name_of_parts(given, family))
    return (made if follows else None) or user.name


def _says_name(values: Mapping[str, object]) -> bool:
    """Tell whether a whole profile says what the name is to be."""
    parts = (values.get("given_name"), values.get("family_name"))
    return "name" in values or any(parts)


def _write(
    user: User,
    values: Mapping[str, Any],
    *,
    attributes: AttributeChange,
    errors: Iterable[FieldError],
    rules: FieldRules,
    prove: Callable[[], object],
) -> list[str]:
    """Store what differs, and name it; nothing at all when a value is refused."""
    values = _without_kept_picture(user, values)
    wanted = _judged(values, errors=[*errors, *attributes.errors])
    wanted["name"] = name_after(user, wanted)
    _refuse_emptied(wanted, sent=values, rules=rules)
    changed = {
        field: value for field, value in wanted.items() if getattr(user, field) != value
    }
    if attributes.changed:
        changed[ATTRIBUTES] = attributes.values
    if not changed:
        return []
    if "username" in changed:
        if changed["username"] is None:
            prove()
        changed["username_key"] = _free_key(
            user, changed["username"], by_operator=Editor.ADMIN in rules.editors
        )
        _keep_left(user, changed["username_key"])
    with unless_taken(_username_taken):  # since we looked
        for column, value in changed.items():
            setattr(user, column, value)
        _write_dependents(user, changed)
    fields = sorted(field for field in changed if field in FIELDS) + attributes.fields
    audit.record("profile.changed", user_id=user.id, fields=fields)
    return fields


def _without_kept_picture(user: User, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is to be judged: a picture that is kept here stays as it is.

    Its address may be http, if ours is.
    """
    own = own_picture_path(user.picture)
    if own is None or values.get("picture") != user.picture:
        return values
    return {name: value for name, value in values.items() if name != "picture"}


def _write_dependents(user: User, changed: Collection[str]) -> None:
    """Store what follows from fields that changed."""
    if "picture" in changed:
        drop_unused_picture(user.id, user.picture)
    if "phone_number" in changed:
        user.phone_number_verified_at = None


def _refuse_emptied(
    wanted: Mapping[str, Any], *, sent: Collection[str], rules: FieldRules
) -> None:
    """Raise InvalidInput for fields that would be taken away, and may not be."""
    needed = {*rules.required} | ({"name"} if _name_required() else set())
    emptied = [name for name in sent if name in needed and not wanted.get(name)]
    errors = list(required_errors(emptied))
    if errors:
        raise InvalidInput(errors)


def _free_key(user: User, username: str | None, *, by_operator: bool) -> str | None:
    """Return the form in which a username is unique; raises UsernameTaken."""
    if not username:
        return None
    key = username_key(username)
    free = key == user.username_key or is_username_free(
        username, owner_id=user.id, by_operator=by_operator
    )
    if not free:
        raise _username_taken()
    return key


def _keep_left(user: User, new_key: str | None) -> None:
    """Keep the username that a user leaves, for them to come back to."""
    if user.username and user.username_key != new_key:
        keep_left_username(user.username, owner_id=user.id)
    if new_key:
        take_username_back(new_key)


def _username_taken() -> UsernameTaken:
    """Return the refusal, as an error of its field."""
    return UsernameTaken([FieldError("username", UsernameTaken.code)])


def _name_required() -> bool:
    """Tell whether users have a name here."""
    return current(AccountsSettings).registration_name == "required"


def _required(field: str) -> FieldError:
    """Return the error of a field that a profile is not whole without."""
    return FieldError(field, "required", word="profile.required")


def _judged(
    values: Mapping[str, object], *, errors: Iterable[FieldError]
) -> dict[str, Any]:
    """Return the values to store; raises InvalidInput with all that is wrong."""
    errors = [*errors, *_not_writable(values)]
    stored: dict[str, Any] = {}
    for field in FIELDS:
        if field not in values:
            continue
        try:
            stored[field] = accepted(field, values[field])
        except Unfit as unfit:
            errors.append(unfit.error_of(field))
    if errors:
        raise InvalidInput(errors)
    return stored


def _not_writable(values: Mapping[str, object]) -> Iterator[FieldError]:
    """Yield an error for each name that is no field of the profile."""
    for field in values:
        if field == "email":
            yield FieldError(field, "use_email_change")
        elif field == "password":
            yield FieldError(field, "use_password_change")
        elif field not in (*FIELDS, ATTRIBUTES):
            yield FieldError(field, "unknown_field", word="profile.unknown_field")
