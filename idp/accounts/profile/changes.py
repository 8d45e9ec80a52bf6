"""What a user says about themselves: read it, replace it, change parts of it.

The fields that may be written are listed in ``profile_fields.FIELDS`` and nowhere else
(mass assignment, security.md §5). The address of the account has a rule of its own,
``email_change``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from idp.accounts.errors import InvalidInput, UsernameTaken
from idp.accounts.models import User
from idp.accounts.names import username_key
from idp.accounts.profile.fields import FIELDS, Unfit, accepted
from idp.accounts.users import find_by_username
from idp.core.db import unless_taken
from idp.core.errors import FieldError
from idp.security import audit


def profile_of(user: User) -> dict[str, Any]:
    """Return the fields that the user may write, as they are."""
    return {field: getattr(user, field) for field in FIELDS}


def replace_profile(user: User, values: Mapping[str, object]) -> None:
    """Make the profile exactly ``values``: a field that is not sent is cleared.

    Raises InvalidInput with every mistake at once, or UsernameTaken.
    """
    _write(user, dict.fromkeys(FIELDS) | dict(values))


def merge_profile(user: User, values: Mapping[str, object]) -> None:
    """Change the fields in ``values`` alone; null or empty clears one.

    Raises as ``replace_profile`` does.
    """
    _write(user, values)


def _write(user: User, values: Mapping[str, object]) -> None:
    """Store what differs; nothing at all when a value is refused."""
    wanted = _judged(values)
    changed = {
        field: value for field, value in wanted.items() if getattr(user, field) != value
    }
    if not changed:
        return
    if "username" in changed:
        changed["username_key"] = _free_key(user, changed["username"])
    with unless_taken(_username_taken):  # since we looked
        for column, value in changed.items():
            setattr(user, column, value)
        if "phone_number" in changed:
            user.phone_number_verified_at = None
    fields = sorted(field for field in changed if field in FIELDS)
    audit.record("profile.changed", user_id=user.id, fields=fields)


def _free_key(user: User, username: str | None) -> str | None:
    """Return the form in which a username is unique; raises UsernameTaken."""
    owner = find_by_username(username) if username else None
    if owner is not None and owner.id != user.id:
        raise _username_taken()
    return username_key(username) if username else None


def _username_taken() -> UsernameTaken:
    """Return the refusal, as an error of its field."""
    return UsernameTaken([FieldError("username", UsernameTaken.code)])


def _judged(values: Mapping[str, object]) -> dict[str, Any]:
    """Return the values to store; raises InvalidInput with all that is wrong."""
    errors = list(_not_writable(values))
    stored: dict[str, Any] = {}
    for field in FIELDS:
        if field not in values:
            continue
        try:
            stored[field] = accepted(field, values[field])
        except Unfit as unfit:
            name = f"{field}.{unfit.member}" if unfit.member else field
            errors.append(
                FieldError(name, unfit.code, word=unfit.word, values=unfit.values)
            )
    if errors:
        raise InvalidInput(errors)
    return stored


def _not_writable(values: Mapping[str, object]) -> Iterator[FieldError]:
    """Yield an error for each name that is no field of the profile."""
    for field in values:
        if field == "email":
            yield FieldError(field, "use_email_change")
        elif field not in FIELDS:
            yield FieldError(field, "unknown_field", word="profile.unknown_field")
