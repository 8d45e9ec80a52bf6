"""Who may do what here: a role to look, and a fresh proof of identity to change."""

from collections.abc import Callable
from http import HTTPStatus
from typing import cast

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from idp.accounts.access.principal import Principal
from idp.accounts.access.roles import may_administer
from idp.accounts.models import User
from idp.accounts.sign_in.reauthentication import (
    ReauthCredential,
    ReauthenticationRequired,
    is_fresh,
)
from idp.accounts.users import find_user, get_user
from idp.core.errors import IdpError, Trace
from idp.oauth.clients.account_client import ACCOUNT_CLIENT
from idp.security import audit
from idp.web.browser.csrf import FIELD
from idp.web.browser.reauth_form import confirm_first
from idp.web.browser.session import get_session, login_required

READS = frozenset({"GET", "HEAD", "OPTIONS"})


class AdminsOnly(IdpError):
    """Something of the administration, asked for without the role."""

    code = "admins_only"
    status = HTTPStatus.FORBIDDEN
    title = "This is for administrators."

    def __init__(self, user_id: str, path: str) -> None:
        super().__init__()
        self.trace = Trace("admin.action", user_id, {"path": path})


class NoSuchUser(IdpError):
    """A user that does not exist, or of whom the caller may not see that much."""

    code = "no_such_user"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such user."


def protect(blueprint: Blueprint) -> None:
    """Let admins alone reach a blueprint; changes want a proof of the last minutes."""
    # What a view may not do, a hook may: None lets the request go on.
    hook = cast("Callable[[], ResponseReturnValue]", _require_role)
    blueprint.before_request(login_required(hook))
    blueprint.before_request(_require_proof)


def is_admin(who: Principal | None) -> bool:
    """Tell whether a caller of the API has the role now, whatever a token says.

    It is had by cookie and by our own tokens alone: no app administers for a user.
    """
    if who is None or who.client_id not in {None, ACCOUNT_CLIENT}:
        return False
    return may_administer(get_user(who.user_id).roles)


def require_admin(who: Principal) -> None:
    """Refuse a caller of the API without the role."""
    if not is_admin(who):
        raise AdminsOnly(who.user_id, request.path)


def subject_of(who: Principal, user_id: str) -> User:
    """Return a user of whom the caller may see all: themselves, or anyone for admins.

    Raises NoSuchUser.
    """
    user = find_user(user_id)
    if user is None or not (user.id == who.user_id or is_admin(who)):
        raise NoSuchUser
    return user


def changeable(who: Principal, user_id: str) -> User:
    """Return the same for a change: one of somebody else wants a fresh proof."""
    user = subject_of(who, user_id)
    if user.id != who.user_id:
        fresh_proof(who)
    return user


def fresh_proof(who: Principal) -> ReauthCredential:
    """Return a proof of the last minutes; raises ReauthenticationRequired."""
    if who.auth_time is None or not is_fresh(who.auth_time):
        raise ReauthenticationRequired
    return ReauthCredential(who.auth_time)


def record_action(
    who: Principal,
    action: str,
    *,
    subject: User,
    roles: list[str] | None = None,
    on: bool | None = None,
) -> None:
    """Add to the audit log what a user did by their role."""
    audit.record(
        "admin.action",
        user_id=who.user_id,
        action=action,
        subject=subject.id,
        roles=roles,
        on=on,
    )


def record_action_on_other(who: Principal, action: str, *, subject: User) -> None:
    """Add to the audit log what an admin did to another user."""
    if subject.id != who.user_id:
        record_action(who, action, subject=subject)


def _require_role() -> None:
    """Refuse who is signed in without the role."""
    live = get_session()
    if not may_administer(live.roles):
        raise AdminsOnly(live.user_id, request.path)


def _require_proof() -> ResponseReturnValue | None:
    """Send who has not proven lately who they are to do so; the form comes back."""
    live = get_session()
    if request.method in READS or is_fresh(live.auth_time):
        return None
    typed = {name: value for name, value in request.form.items() if name != FIELD}
    return confirm_first(live, request.full_path, **typed)
