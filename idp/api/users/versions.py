"""Which state of a user or an account a caller has seen: ETag and If-Match."""

from collections.abc import Callable

from idp.accounts.models import User
from idp.accounts.users import hold_anew
from idp.api.user import user_answer
from idp.web.callers.access import NoSuchUser
from idp.web.http.preconditions import Parts, etag_of, is_conditional, refuse_unseen

# What changes by itself, or with another part.
UNCOUNTED = {"id", "created_at", "updated_at", "two_factor"}


def tag_of(parts: Parts) -> dict[str, str]:
    """Return the header that says which state this is."""
    return {"ETag": etag_of(parts)}


def user_parts(user: User) -> Parts:
    """Return what tells one state of a user from another."""
    shown = user_answer(user).model_dump(mode="json")
    return {name: shown[name] for name in shown if name not in UNCOUNTED}


def account_parts(user: User) -> Parts:
    """Return what tells one state of an account from another."""
    return {
        "status": str(user.status),
        "roles": sorted(user.roles),
        "require_password_change": user.must_change_password,
    }


def refuse_unseen_user(user: User, parts: Callable[[User], Parts]) -> None:
    """Refuse a change of another state than the caller says to have seen.

    Nobody else changes the user from then on.
    """
    if not is_conditional():
        return
    if not hold_anew(user):
        raise NoSuchUser
    refuse_unseen(parts(user))
