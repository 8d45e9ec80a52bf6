"""/api/accounts: the same people from the side of security."""

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission, Role
from idp.accounts.access.principal import Caller
from idp.accounts.access.roles import LastOwner, RoleBeyond
from idp.accounts.factors.credentials import Credentials, credentials_of
from idp.accounts.factors.reset import HeldFactors, held_factors
from idp.accounts.lifecycle.deletion import find_erasure
from idp.accounts.models import User
from idp.accounts.sessions.list import list_devices
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.sign_in.ways.managed import UserPasswordManaged
from idp.accounts.terms.acceptance import list_acceptances
from idp.administration import user_acts
from idp.api.account.sessions import Session, session
from idp.api.sign_out import drop_cookies
from idp.api.users.versions import account_parts, refuse_unseen_user, tag_of
from idp.oauth.tokens.user_grants import list_grants
from idp.web.callers import access
from idp.web.callers.access import NoSuchUser, NotPermitted
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("accounts_api", __name__, tag="Users: accounts")
ONE = "/api/accounts/<user_id>"
MOST_ROLES = 20
NEEDED = {
    "status": Permission.USERS_DISABLE,
    "roles": Permission.USERS_ROLES,
    "require_password_change": Permission.USERS_UPDATE,
}


class GrantAnswer(Answer):
    """What an app holds; an ``offline`` one outlives sign-out."""

    __qualname__ = "Grant"  # as the API document calls it

    id: str
    client_id: str
    client_name: str
    scope: str
    offline: bool
    created_at: datetime
    expires_at: datetime


class AcceptanceAnswer(Answer):
    """Which version of a document a user accepted, and when."""

    __qualname__ = "AcceptedDocument"  # as the API document calls it

    document: str
    version: str
    accepted_at: datetime


class Account(Answer):
    """How a user gets in, what is open now, and what they may do; never a secret.

    `erase_at` is when an account that is being deleted will be erased. `accepted` is
    empty on a server without terms.
    """

    id: str
    status: str
    erase_at: datetime | None
    roles: list[str]
    require_password_change: bool
    credentials: Credentials
    two_factor: HeldFactors
    sessions: list[Session]
    grants: list[GrantAnswer]
    accepted: list[AcceptanceAnswer]


class AccountChange(Body):
    """What an admin may set; what is left out or null stays as it is."""

    status: Literal["active", "disabled"] | None = None
    roles: list[Role] | None = Field(None, max_length=MOST_ROLES)
    require_password_change: bool | None = None


@api.operation(
    "GET",
    ONE,
    id="accounts_api_show",
    answers={200: Account},
    refusals=(NoSuchUser,),
    etag=True,
)
def show(who: Caller, user_id: str) -> Response:
    """Show the account of oneself, or to an admin of anyone."""
    return _reply(who, access.subject_of(who, user_id))


@api.operation(
    "PATCH",
    ONE,
    id="accounts_api_change",
    body=AccountChange,
    answers={200: Account},
    refusals=(
        NoSuchUser,
        NotPermitted,
        RoleBeyond,
        ReauthenticationRequired,
        LastOwner,
        UserPasswordManaged,
    ),
    etag=True,
)
def change(who: Caller, *, user_id: str, body: AccountChange) -> Response:
    """Disable or enable an account, set its roles, ask for a new password.

    For admins who signed in within the last ten minutes. Disabling ends all sessions,
    tokens and grants, and tells the apps.
    """
    user = access.subject_of(who, user_id)
    for needed in _needed(body):
        access.require(who, needed, on=user)
    access.fresh_proof(who)
    refuse_unseen_user(user, account_parts)
    _apply(body, user, who=who)
    return _reply(who, user)


@api.operation(
    "DELETE",
    f"{ONE}/sessions",
    id="accounts_api_end_sessions",
    answers={204: None},
    refusals=(NoSuchUser, NotPermitted, ReauthenticationRequired),
)
def end_sessions(who: Caller, user_id: str) -> Response:
    """End all sessions with their tokens, the asking one too; apps are told."""
    user = access.changeable(who, user_id, needs=Permission.SESSIONS_END)
    user_acts.end_sessions(user, who=who)
    own_browser = who.by_cookie and user.id == who.user_id
    return drop_cookies(reply(None)) if own_browser else reply(None)


@api.operation(
    "DELETE",
    f"{ONE}/grants",
    id="accounts_api_delete_grants",
    answers={204: None},
    refusals=(NoSuchUser, NotPermitted, ReauthenticationRequired),
)
def delete_grants(who: Caller, user_id: str) -> None:
    """End what all apps hold: refresh tokens and access tokens.

    What was allowed stays remembered; `/account/apps` takes that back too.
    """
    user = access.changeable(who, user_id, needs=Permission.SESSIONS_END)
    user_acts.end_apps(user, who=who)


def _needed(body: AccountChange) -> list[Permission]:
    """Return what a change asks for, whether or not it makes a difference."""
    asked = [
        permission
        for field, permission in NEEDED.items()
        if getattr(body, field) is not None
    ]
    return asked or [Permission.USERS_UPDATE]


def _apply(body: AccountChange, user: User, *, who: Caller) -> None:
    """Set what was sent; the audit log has each thing that became different."""
    if body.roles is not None:
        user_acts.set_roles(user, body.roles, who=who, held=access.held_by(who))
    if body.status is not None:
        user_acts.set_status(user, body.status, who=who, requester=this_requester())
    if body.require_password_change is not None:
        user_acts.require_password_change(user, body.require_password_change, who=who)


def _reply(who: Caller, user: User) -> Response:
    """Answer an account, and which state of it this is."""
    return reply(_account(who, user), headers=tag_of(account_parts(user)))


def _account(who: Caller, user: User) -> Account:
    """Return an account as an answer."""
    devices = list_devices(user.id, current_session_id=who.session_id)
    return Account(
        id=user.id,
        status=user.status,
        erase_at=find_erasure(user.id),
        roles=user.roles,
        require_password_change=user.must_change_password,
        credentials=credentials_of(user),
        two_factor=held_factors(user),
        sessions=[session(device) for device in devices],
        grants=[GrantAnswer(**asdict(grant)) for grant in list_grants(user.id)],
        accepted=[
            AcceptanceAnswer(**asdict(each)) for each in list_acceptances(user.id)
        ],
    )
