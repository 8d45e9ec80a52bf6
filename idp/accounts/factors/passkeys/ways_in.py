"""By what a user can sign in: the last of it is never removed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from idp.accounts.factors.passkeys.errors import LastWayIn
from idp.accounts.factors.passkeys.registry import list_passkeys
from idp.accounts.models import User
from idp.accounts.policies.keys import (
    MAGIC_LINK,
    PASSKEY,
    PASSWORD,
    PROVIDER,
)
from idp.accounts.policies.ways import ways_of
from idp.accounts.sessions.find import SessionUser
from idp.core.context import current
from idp.core.db import db

A_PASSWORD = "password"  # noqa: S105 - what goes, no secret


@dataclass(frozen=True)
class LinkedProviders:
    """By which other providers users sign in: those stand above accounts.

    ``names_of`` gives the names of a user's, less those that are switched off.
    """

    names_of: Callable[[str], Sequence[str]]


def require_way_in(user: User, *, without: str = "") -> None:
    """Raise LastWayIn where a user cannot sign in without A_PASSWORD, or a passkey.

    That is named by its id; a provider was unlinked before. Mail is a way in while it
    is allowed and the address is proven. The caller holds the user: what was removed
    at the same time does not count.
    """
    db.session.refresh(user, ["password_hash"])
    allowed = ways_of(user.id, user.roles, email=user.email)
    by_password = user.password_hash is not None and PASSWORD in allowed
    if by_password and without != A_PASSWORD:
        return
    by_mail = user.email_verified_at is not None and MAGIC_LINK in allowed
    if not by_mail and not opens_without_password(user, without=without):
        raise LastWayIn


def opens_without_password(user: User, *, without: str = "") -> bool:
    """Tell whether a user can sign in by a provider, or a passkey other than one."""
    allowed = ways_of(user.id, user.roles, email=user.email)
    if PROVIDER in allowed and current(LinkedProviders).names_of(user.id):
        return True
    return _opens_by_passkey(user, without=without)


def worth_offering(user: SessionUser) -> bool:
    """Tell whether a user has no passkey, may add one and could sign in with it."""
    if not user.email_verified or user.must_change_password:
        return False
    allowed = ways_of(user.user_id, user.roles, email=user.email)
    has_one = any(key.signs_in for key in list_passkeys(user.user_id))
    return PASSKEY in allowed and not has_one


def _opens_by_passkey(user: User, *, without: str) -> bool:
    """Tell whether a user can sign in with a passkey, other than one."""
    allowed = ways_of(user.id, user.roles, email=user.email)
    left = (key for key in list_passkeys(user.id) if key.id != without)
    return PASSKEY in allowed and any(key.signs_in for key in left)
