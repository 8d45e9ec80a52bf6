"""How the faces ask the permission table, and for a fresh proof before a change."""

from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import cast

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from idp.accounts.access.permissions import (
    Authority,
    Permission,
    authority_of,
    may_on,
    permissions_of,
)
from idp.accounts.access.principal import Caller, Machine, Principal
from idp.accounts.models import User
from idp.accounts.sessions.find import find_session
from idp.accounts.sessions.proofs import asks_second_factor
from idp.accounts.sign_in.reauthentication import (
    ReauthCredential,
    ReauthenticationRequired,
    is_fresh,
    is_recent,
    methods_of,
)
from idp.accounts.users import find_user, get_user
from idp.core.clock import utcnow
from idp.core.errors import IdpError, Trace
from idp.oauth.clients.account_client import is_other_client
from idp.web.browser.csrf import FIELD
from idp.web.browser.reauth_form import confirm_first
from idp.web.browser.session import get_session, login_required

READS = frozenset({"GET", "HEAD", "OPTIONS"})


class NotPermitted(IdpError):
    """Something that no role of the caller allows."""

    code = "not_permitted"
    status = HTTPStatus.FORBIDDEN
    title = "Your role does not allow this."

    def __init__(self, user_id: str | None, permission: Permission) -> None:
        super().__init__()
        asked = {"path": request.path, "permission": str(permission)}
        self.trace = Trace("admin.action", user_id, asked)


class NoSuchUser(IdpError):
    """A user that does not exist, or of whom the caller may not see that much."""

    code = "no_such_user"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such user."


# What is typed anew after a proof: it stands in no address, not even sealed.
NEVER_HELD = frozenset({FIELD, "client_secret"})


def protect(
    blueprint: Blueprint,
    *,
    read: Permission,
    write: Permission,
    forms: Collection[str] = (),
    proof: bool = True,
) -> None:
    """Open a blueprint to who may read, and changes there to who may write.

    A change wants a proof of the last minutes besides, unless what began it had one
    (``proof``). ``forms`` are views that only ask what is to be made: they are for who
    may write.
    """

    def ask() -> None:
        """Refuse who is signed in without the permission."""
        live = get_session()
        changes = request.method not in READS or _view() in forms
        held = permissions_of(live.roles)
        needed = write if changes else read
        if needed not in held:
            raise NotPermitted(live.user_id, needed)
        g.may_change = write in held

    # What a view may not do, a hook may: None lets the request go on.
    hook = cast("Callable[[], ResponseReturnValue]", ask)
    blueprint.before_request(login_required(hook))
    if proof:
        blueprint.before_request(_require_proof)


def may_change_here() -> bool:
    """Tell whether who looks at a protected page may change what it shows."""
    return bool(g.get("may_change"))


def held_here() -> frozenset[Permission]:
    """Return all that who is signed in in this browser may do."""
    return permissions_of(get_session().roles)


def held_by(who: Caller) -> frozenset[Permission]:
    """Return all that a caller of the API may do now, whatever a token says."""
    return _authority_of(who).permissions


def may(who: Caller, permission: Permission, *, on: User | None = None) -> bool:
    """Tell whether a caller of the API may do this, to this user."""
    theirs = on.roles if on else ()
    return may_on(_authority_of(who), permission, other=theirs)


def require(who: Caller, permission: Permission, *, on: User | None = None) -> None:
    """Raise NotPermitted unless a caller of the API may do this, to this user."""
    if not may(who, permission, on=on):
        raise NotPermitted(who.user_id, permission)


def require_user(who: Caller, permission: Permission) -> str:
    """Return the id of a user who may do this; NotPermitted, also for any program."""
    require(who, permission)
    if isinstance(who, Machine):
        raise NotPermitted(None, permission)
    return who.user_id


def subject_of(who: Caller, user_id: str) -> User:
    """Return a user of whom the caller may see all: themselves, or by their role.

    Raises NoSuchUser.
    """
    user = find_user(user_id)
    if user is None or not (
        user.id == who.user_id or may(who, Permission.USERS_READ, on=user)
    ):
        raise NoSuchUser
    return user


def changeable(who: Caller, user_id: str, *, needs: Permission) -> User:
    """Return the same for a change: one of somebody else wants role and fresh proof."""
    user = subject_of(who, user_id)
    if user.id != who.user_id:
        require(who, needs, on=user)
        fresh_proof(who)
    return user


def fresh_proof(who: Caller) -> ReauthCredential:
    """Return a proof of the last minutes; raises ReauthenticationRequired.

    A program signs in nowhere: what it shows is a proof each time.
    """
    if isinstance(who, Machine):
        return ReauthCredential(utcnow())
    shown = credential_of(who)
    if not shown.is_fresh:
        raise ReauthenticationRequired(methods_of(get_user(who.user_id)))
    return shown


def credential_of(who: Principal, *, password: str | None = None) -> ReauthCredential:
    """Return what a caller of the API shows of who they are.

    A token shows the sign-in that it came from, unless that was at somebody else's app,
    and of a user with a second factor no more than its session does now.
    """
    if who.by_cookie:
        return ReauthCredential.of(get_session(), password)
    if who.auth_time is None or not asks_second_factor(get_user(who.user_id).factors):
        return ReauthCredential(who.auth_time, password)
    live = find_session(who.session_id)
    if live is None or not is_recent(who.auth_time):
        return ReauthCredential(None, password)
    return ReauthCredential.of(live, password)


def _authority_of(who: Caller) -> Authority:
    """Return what a caller may do: no app administers for a user.

    Roles count by cookie and by our own tokens alone, as they are now.
    """
    if isinstance(who, Machine):
        return who.authority
    if is_other_client(who.client_id):
        return Authority()
    return authority_of(get_user(who.user_id).roles)


def _view() -> str:
    """Return the name of the view that answers, in its blueprint."""
    return (request.endpoint or "").rpartition(".")[2]


def _require_proof() -> ResponseReturnValue | None:
    """Send who has not proven lately who they are to do so; the form comes back."""
    live = get_session()
    if request.method in READS or is_fresh(live):
        return None
    typed = {
        name: values[0] if len(values) == 1 else values
        for name, values in request.form.lists()
        if name not in NEVER_HELD
    }
    return confirm_first(live, request.full_path, **typed)
