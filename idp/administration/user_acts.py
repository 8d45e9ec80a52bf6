"""What operators do to a user: each act, and its audit row with what was and what is.

One who acts on themselves by their own rights, and not by their role, is told apart
here too: their own sessions and their own deletion are no act of administration.
"""

from collections.abc import Callable, Iterable
from typing import Any

from idp.accounts.access.permissions import Permission, beyond
from idp.accounts.access.principal import Caller
from idp.accounts.access.roles import RoleBeyond, change_roles, give_roles
from idp.accounts.factors.locks import locked_factors
from idp.accounts.factors.locks import unlock_factors as lift_locks
from idp.accounts.factors.reset import reset_factors as take_factors
from idp.accounts.lifecycle.approvals import decline
from idp.accounts.lifecycle.deletion import find_erasure, schedule_deletion
from idp.accounts.lifecycle.status import disable, enable
from idp.accounts.models import User, UserStatus
from idp.accounts.password import by_operators
from idp.accounts.registration.new_account import NewAccount
from idp.accounts.registration.sign_up import NOTHING_SAID, Vouched, register_other
from idp.accounts.sessions.everybody import end_session_of
from idp.accounts.sessions.list import end_every_device, list_devices
from idp.accounts.sign_in.links import HandedLink, issue_link
from idp.accounts.sign_in.reauthentication import ReauthCredential, WrongPassword
from idp.core.db import db
from idp.oauth.authorization import connected_apps
from idp.oauth.personal_tokens import registry
from idp.oauth.tokens.user_grants import end_grants, list_grants
from idp.security import audit
from idp.security.audit import Values
from idp.security.requester import Requester


def create_user(
    wanted: NewAccount,
    *,
    who: Caller,
    held: frozenset[Permission],
    requester: Requester,
    said: Vouched = NOTHING_SAID,
) -> User:
    """Make an account for another user.

    Raises what ``register_other`` does, and RoleBeyond for a role that holds more than
    the operator does (``held``).
    """
    if beyond(held, old=(), new=said.roles):
        raise RoleBeyond
    user = register_other(wanted, by=who.by, requester=requester, said=said)
    record_creation(who, user)
    return user


def record_creation(who: Caller, user: User) -> None:
    """Add to the audit log how an account stands that was made for another user."""
    after: dict[str, Any] = {"status": str(user.status)}
    after |= {"roles": user.roles} if user.roles else {}
    after |= {"email_verified": True} if user.email_verified_at else {}
    _record_action(who, "user.create", subject=user, before={}, after=after)


def send_reset(
    user: User, *, who: Caller, held: frozenset[Permission], requester: Requester
) -> None:
    """Mail a user a link to a new password; raises what ``mail_reset_link`` does."""
    lifts = Permission.USERS_SIGN_IN_LINK in held
    by_operators.mail_reset_link(user, by=who.by, may_lift=lifts, requester=requester)
    _record_action(
        who, "user.send_reset", subject=user, before={}, after={"mailed": True}
    )


def hand_link(user: User, *, who: Caller, new_password: bool = False) -> HandedLink:
    """Make a one-time link to hand over: to sign in, or to set a new password.

    Raises what ``issue_link`` and ``issue_reset_link`` do.
    """
    issue = by_operators.issue_reset_link if new_password else issue_link
    made = issue(user, by=who.by)
    action = "user.password_link" if new_password else "user.sign_in_link"
    after = {"expires_at": made.expires_at.isoformat()}
    _record_action(who, action, subject=user, before={}, after=after)
    return made


def record_profile_change(user: User, fields: list[str], *, who: Caller) -> None:
    """Tell which fields of another user's profile differ: values would outlive them."""
    if fields:
        after = {"fields": fields}
        _record_action_on_other(who, "user.change", subject=user, after=after)


def require_password_change(user: User, wanted: bool, *, who: Caller) -> None:
    """Ask a user for a new password at the next sign-in, or no more."""
    old = user.must_change_password
    if wanted != old:
        by_operators.set_must_change(user, wanted)
        _record_action(
            who,
            "password_change.require",
            subject=user,
            before={"require_password_change": old},
            after={"require_password_change": wanted},
        )


def end_sessions(user: User, *, who: Caller) -> int:
    """End all sessions of a user with their tokens; return how many those were."""
    ended = len(list_devices(user.id, current_session_id=None))
    end_every_device(user.id, by=who.by)
    _record_action_on_other(
        who,
        "sessions.end",
        subject=user,
        before={"sessions": ended},
        after={"sessions": 0},
    )
    return ended


def end_session(user: User, session_id: str, *, who: Caller) -> None:
    """End one session of a user; raises NoSuchSession."""
    end_session_of(user.id, session_id, by=who.by)
    before = {"session_id": session_id}
    _record_action(who, "session.end", subject=user, before=before, after={})


def reset_factors(user: User, *, who: Caller, held: frozenset[Permission]) -> None:
    """Take all second factors, passkeys, trust and sessions from a user.

    After one who could not make a sign-in link either, no link to a new password is
    mailed for a day. Nothing is done to a user who has none of it.
    """
    holds_mail = Permission.USERS_SIGN_IN_LINK not in held
    changed = take_factors(user, by=who.by, holds_mail=holds_mail)
    if changed:
        before, after = changed
        _record_action(who, "factors.reset", subject=user, before=before, after=after)


def unlock_factors(user: User, *, who: Caller) -> None:
    """Judge codes of a user's factors again that were locked after wrong ones."""
    locked = [each.method.value for each in locked_factors(user.id)]
    if locked:
        lift_locks(user.id)
        _record_action(
            who,
            "factors.unlock",
            subject=user,
            before={"locked": locked},
            after={"locked": []},
        )


def end_apps(user: User, *, who: Caller) -> None:
    """End what all clients hold of a user; what was allowed stays remembered."""
    held = sorted({grant.client_id for grant in list_grants(user.id)})
    end_grants(user.id, by=who.by)
    _record_action_on_other(
        who,
        "grants.end",
        subject=user,
        before={"client_ids": held},
        after={"client_ids": []},
    )


def remove_app(user: User, client_id: str, *, who: Caller) -> None:
    """Take the access of one client away, and what was allowed; raises NoSuchApp."""
    connected_apps.remove_app(user.id, client_id)
    before = {"client_id": client_id}
    _record_action(who, "app.remove", subject=user, before=before, after={})


def revoke_token(user: User, token_id: str, *, who: Caller) -> None:
    """End a personal access token of a user; raises NoSuchToken."""
    before = registry.revoke_token(user.id, token_id, by=who.by)
    _record_action_on_other(who, "token.revoke", subject=user, before=before, after={})


def set_roles(
    user: User, roles: Iterable[str], *, who: Caller, held: frozenset[Permission]
) -> None:
    """Make these a user's roles; raises what ``give_roles`` does."""
    before = {"roles": sorted(user.roles)}
    if give_roles(user, roles, held=held):
        after = {"roles": user.roles}
        _record_action(who, "roles.set", subject=user, before=before, after=after)


def add_and_take_roles(
    user: User,
    *,
    give: Iterable[str],
    take: Iterable[str],
    who: Caller,
    held: frozenset[Permission],
) -> None:
    """Give a user roles and take others; raises what ``change_roles`` does."""
    before = change_roles(user, give=give, take=take, held=held)
    if before != sorted(user.roles):
        _record_action(
            who,
            "roles.set",
            subject=user,
            before={"roles": before},
            after={"roles": user.roles},
        )


def set_status(user: User, status: str, *, who: Caller, requester: Requester) -> None:
    """Take an account out of use, or let it be used again; raises LastOwner."""
    if status == UserStatus.DISABLED:
        _change_standing(
            user,
            "user.disable",
            who=who,
            change=lambda: disable(user, by=who.by, requester=requester),
        )
    else:
        _change_standing(
            user, "user.enable", who=who, change=lambda: enable(user, by=who.by)
        )


def delete_user(
    user: User, *, who: Caller, credential: ReauthCredential, requester: Requester
) -> WrongPassword | None:
    """Take an account out of use and have it erased later.

    One that waits for approval is declined by that. Raises what ``schedule_deletion``
    does.
    """
    if user.status == UserStatus.PENDING:
        decline([user.id], by=who.by)
        return None
    before = _standing(user)
    refused = schedule_deletion(user, credential=credential, requester=requester)
    if refused:
        return refused
    db.session.refresh(user)
    after = _standing(user)
    if after != before:
        _record_action_on_other(
            who, "user.delete", subject=user, before=before, after=after
        )
    return None


def _record_action(
    who: Caller,
    action: str,
    *,
    subject: User,
    before: Values | None = None,
    after: Values | None = None,
) -> None:
    """Add to the audit log what was done to a user by a role, and what it changed."""
    audit.record(
        "admin.action",
        user_id=who.user_id,
        action=action,
        subject=subject.id,
        before=before,
        after=after,
    )


def _record_action_on_other(
    who: Caller,
    action: str,
    *,
    subject: User,
    before: Values | None = None,
    after: Values | None = None,
) -> None:
    """Add to the audit log what was done to another user."""
    if subject.id != who.user_id:
        _record_action(who, action, subject=subject, before=before, after=after)


def _change_standing(
    user: User, action: str, *, who: Caller, change: Callable[[], bool]
) -> None:
    """Change whether an account may be used, and record what that changed."""
    before = _standing(user)
    if change():
        after = _standing(user)
        _record_action(who, action, subject=user, before=before, after=after)


def _standing(user: User) -> dict[str, Any]:
    """Return whether an account may be used, and when it will be erased."""
    erased = find_erasure(user.id)
    return {
        "status": str(user.status),
        "erase_at": erased.isoformat(timespec="seconds") if erased else None,
    }
