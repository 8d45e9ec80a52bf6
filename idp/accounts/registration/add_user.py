"""The row of a new account."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import make_transient_to_detached

from idp.accounts.addresses.availability import is_taken, taken_refusal
from idp.accounts.addresses.rows import add_first
from idp.accounts.errors import UsernameTaken
from idp.accounts.events import UserCreated
from idp.accounts.models import RegistrationApproval, User, UserStatus
from idp.accounts.names import email_key, username_key
from idp.accounts.profile.attributes.written import first_attributes
from idp.accounts.profile.fields import taken_of
from idp.accounts.registration.new_account import NewAccount
from idp.accounts.terms.acceptance import note_acceptance
from idp.accounts.users import find_by_username
from idp.core.clock import utcnow
from idp.core.db import add_if_absent, db, table_of
from idp.core.errors import FieldError, IdpError
from idp.core.events import publish
from idp.core.randomness import new_subject

users = table_of(User)


def add_user(
    wanted: NewAccount, *, needs_approval: bool = False, **columns: Any
) -> User:
    """Insert a user, who may have to wait for an operator (``lifecycle.approvals``).

    Raises UsernameTaken or EmailTaken, also when a race was lost.
    """
    _refuse_taken(wanted)
    row = _row_of(wanted) | columns
    if needs_approval:
        row |= {"status": UserStatus.PENDING}
    if not add_if_absent(users, row):
        _refuse_taken(wanted)
        raise taken_refusal(wanted.email)
    if not add_first(row):  # another has just proven it as a further one
        db.session.execute(delete(users).where(users.c.id == row["id"]))
        raise taken_refusal(wanted.email)
    user = User(**row)
    make_transient_to_detached(user)
    db.session.add(user)
    if needs_approval:
        db.session.add(RegistrationApproval(user_id=user.id))
        db.session.flush()
    note_acceptance(user.id, wanted.accepted)
    publish(UserCreated(user.id, username=user.username, name=user.name))
    return user


def _row_of(wanted: NewAccount) -> dict[str, Any]:
    """Return every column of a new user, so that none is asked for later."""
    now = utcnow()
    return {
        **dict.fromkeys(column.key for column in users.c),
        "id": new_subject(),
        "email": wanted.email,
        "email_key": email_key(wanted.email),
        "username": wanted.username,
        "username_key": username_key(wanted.username) if wanted.username else None,
        "name": wanted.name,
        "given_name": wanted.given_name,
        "middle_name": wanted.middle_name,
        "family_name": wanted.family_name,
        "profile": wanted.profile,
        **taken_of(wanted.further or {}),
        "attributes": first_attributes(wanted.attributes),
        "password_changed_at": now,
        "must_change_password": False,
        "security_version": 0,
        "status": UserStatus.ACTIVE,
        "roles": [],
        "factors": [],
        "created_at": now,
        "updated_at": now,
    }


def _refuse_taken(wanted: NewAccount) -> None:
    """Raise for a name that another account has.

    The username is looked at first: it may be told in every setting.
    """
    if wanted.username and find_by_username(wanted.username):
        raise UsernameTaken([_as_error(UsernameTaken, "username")])
    if is_taken(wanted.email):
        raise taken_refusal(wanted.email)


def _as_error(refusal: type[IdpError], field: str) -> FieldError:
    """Return a refusal as the error of one field."""
    return FieldError(field, refusal.code)
