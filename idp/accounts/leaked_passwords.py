"""What it means here that a password leaked elsewhere.

None that did is taken. One that is in use goes on to sign in; whether its user is then
asked for another is a policy, because the list may be newer than the password.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, update

from idp.accounts.models import User
from idp.accounts.policies.effective import effective, places_of
from idp.accounts.policies.keys import CHANGE, LEAKED_PASSWORD
from idp.core.context import current
from idp.core.db import changed_one, table_of
from idp.core.errors import FieldError
from idp.security import audit
from idp.security.leaked.known import LeakedPasswords

users = table_of(User)

ASK_FOR_ANOTHER = (
    update(users)
    .where(users.c.id == bindparam("of_user"))
    .where(users.c.password_hash == bindparam("leaked_hash"))
    .values(must_change_password=True)
)


def leaked_problem(password: str) -> FieldError | None:
    """Say that a new password leaked, or None; that may take a second to find out."""
    leaked = current(LeakedPasswords).has(password)
    return FieldError("password", "leaked") if leaked else None


def must_be_changed(password: str, *, roles: Iterable[str]) -> bool:
    """Tell whether a user who signs in with a password is to be asked for another.

    Call it before the first write, as the one above.
    """
    asked = effective(LEAKED_PASSWORD, places_of(roles)) == CHANGE
    return asked and current(LeakedPasswords).has(password)


def ask_for_another(user_id: str, password_hash: str) -> None:
    """Have a user set a new password before anything else, if it is still that one."""
    values = {"of_user": user_id, "leaked_hash": password_hash}
    if changed_one(ASK_FOR_ANOTHER, values):
        audit.record("password.leaked", user_id=user_id)
