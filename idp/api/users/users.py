"""/api/users: people, as they see themselves, as admins and as others see them."""

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller, Machine
from idp.accounts.access.roles import LastOwner
from idp.accounts.errors import InvalidInput, UsernameTaken
from idp.accounts.fields.effective import rules_at
from idp.accounts.models import User, UserStatus
from idp.accounts.policies.effective import places_of
from idp.accounts.profile.changes import merge_profile, replace_profile
from idp.accounts.profile.rules import FOR_OPERATORS, FieldRules
from idp.accounts.sign_in.reauthentication import (
    ReauthCredential,
    ReauthenticationRequired,
    WrongPassword,
)
from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.accounts.user_search import UserFilters, search
from idp.accounts.users import find_user
from idp.administration.user_acts import delete_user, record_profile_change
from idp.api.account.profile import Profile
from idp.api.auth.delete_account import AccountDeletion
from idp.api.declined import WRONG_PASSWORD, wrong_password
from idp.api.reauthentication import credential_of
from idp.api.sign_out import drop_cookies
from idp.api.user import UserAnswer, user_answer
from idp.api.users.versions import refuse_unseen_user, tag_of, user_parts
from idp.core.errors import RateLimited
from idp.organizations.lifecycle.departures import OwnsOrganizations
from idp.web.callers import access
from idp.web.callers.access import NoSuchUser, NotPermitted
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import Declined, JsonBlueprint, reply

api = JsonBlueprint("users_api", __name__, tag="Users")
PATH = "/api/users"
ONE = f"{PATH}/<user_id>"
CHANGE_REFUSALS = (
    InvalidInput,
    UsernameTaken,
    NoSuchUser,
    NotPermitted,
    ReauthenticationRequired,
)


class UsersQuery(PageQuery):
    """Which users to list."""

    query: str = Field(
        "",
        max_length=254,
        description="Part of an address, username or name, or a whole id",
    )


class PublicProfile(Answer):
    """What everybody who is signed in may see of a user."""

    id: str
    username: str | None
    name: str | None
    picture: str | None


@api.operation(
    "GET",
    PATH,
    id="users_api_show_all",
    query=UsersQuery,
    answers={200: PageAnswer[UserAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: UsersQuery) -> Response:
    """List users by address, for admins."""
    access.require(who, Permission.USERS_READ)
    page = search(UserFilters(query.query.strip()), query)
    items = [user_answer(user) for user in page.items]
    answer = PageAnswer[UserAnswer](items=items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@api.operation(
    "GET",
    ONE,
    id="users_api_show",
    answers={200: UserAnswer | PublicProfile},
    refusals=(NoSuchUser,),
    etag=True,
)
def show(who: Caller, user_id: str) -> Response:
    """Show a user: all to themselves and to admins, to others the public profile."""
    user = find_user(user_id)
    if user is None:
        raise NoSuchUser
    if user.id == who.user_id or access.may(who, Permission.USERS_READ, on=user):
        return reply(user_answer(user), headers=tag_of(user_parts(user)))
    if user.status != UserStatus.ACTIVE:
        raise NoSuchUser
    public = PublicProfile(
        id=user.id, username=user.username, name=user.name, picture=user.picture
    )
    return reply(public, headers=tag_of(public.model_dump()))


@api.operation(
    "PUT",
    ONE,
    id="users_api_replace",
    body=Profile,
    answers={200: UserAnswer},
    refusals=CHANGE_REFUSALS,
    etag=True,
)
def replace(who: Caller, *, user_id: str, body: Profile) -> Response:
    """Replace the profile of oneself, or for an admin of anyone.

    What stays and what has to be sent is as at `/account/profile`.
    """
    user = access.changeable(who, user_id, needs=Permission.USERS_UPDATE)
    refuse_unseen_user(user, user_parts)
    fields = replace_profile(
        user,
        body.given(),
        prove=lambda: access.fresh_proof(who),
        rules=_rules_of(who, user),
    )
    return _changed(who, user, fields=fields)


@api.operation(
    "PATCH",
    ONE,
    id="users_api_merge",
    body=Profile,
    answers={200: UserAnswer},
    refusals=CHANGE_REFUSALS,
    etag=True,
)
def merge(who: Caller, *, user_id: str, body: Profile) -> Response:
    """Change some fields of the profile of oneself, or for an admin of anyone."""
    user = access.changeable(who, user_id, needs=Permission.USERS_UPDATE)
    refuse_unseen_user(user, user_parts)
    fields = merge_profile(
        user,
        body.given(),
        prove=lambda: access.fresh_proof(who),
        rules=_rules_of(who, user),
    )
    return _changed(who, user, fields=fields)


@api.operation(
    "DELETE",
    ONE,
    id="users_api_delete",
    body=AccountDeletion,
    answers={204: None},
    declines=(WRONG_PASSWORD,),
    refusals=(
        NoSuchUser,
        NotPermitted,
        ReauthenticationRequired,
        RateLimited,
        LastOwner,
        OwnsOrganizations,
        DirectoryAway,
    ),
    etag=True,
)
def delete(who: Caller, *, user_id: str, body: AccountDeletion) -> Response | Declined:
    """Take an account out of use and erase it later, one's own or for an admin any.

    The password is one's own; an admin who deletes another account sends none, and has
    signed in within the last ten minutes.
    """
    user = access.changeable(who, user_id, needs=Permission.USERS_DELETE)
    refuse_unseen_user(user, user_parts)
    credential = _credential_of(who, user, password=body.current_password)
    outcome = delete_user(
        user, who=who, credential=credential, requester=this_requester()
    )
    if isinstance(outcome, WrongPassword):
        return wrong_password()
    own_browser = who.by_cookie and user.id == who.user_id
    return drop_cookies(reply(None)) if own_browser else reply(None)


def _rules_of(who: Caller, user: User) -> FieldRules:
    """Return what is asked of a profile that somebody writes."""
    if access.may(who, Permission.USERS_UPDATE, on=user):
        return FOR_OPERATORS
    return rules_at(places_of(user.roles))


def _changed(who: Caller, user: User, *, fields: list[str]) -> Response:
    """Record a change of a profile, and answer the user."""
    record_profile_change(user, fields, who=who)
    return reply(user_answer(user), headers=tag_of(user_parts(user)))


def _credential_of(
    who: Caller, user: User, *, password: str | None
) -> ReauthCredential:
    """Return what a deletion asks the caller for."""
    if isinstance(who, Machine) or user.id != who.user_id:
        return access.fresh_proof(who)
    return credential_of(user, who, password=password, field="current_password")
