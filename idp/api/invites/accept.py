"""/auth/invites: answer an invite by its link."""

from flask import Response

from idp.accounts.access.principal import Principal
from idp.accounts.errors import InvalidInput, RegistrationClosed, UsernameTaken
from idp.accounts.models import User
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.terms.documents import accepted_versions
from idp.accounts.terms.errors import TermsRequired
from idp.accounts.users import get_user
from idp.api.auth.me import MembershipAnswer, membership_answer
from idp.api.declined import TOKEN_INVALID, token_invalid
from idp.api.fields import AcceptTerms, Cookies, MailedToken, Password
from idp.api.tokens import (
    FactorDue,
    TokensAndUser,
    factor_due_answer,
    token_request,
    tokens_with,
)
from idp.api.told_fields import ToldFields
from idp.api.user import UserAnswer, user_answer
from idp.core.errors import RateLimited
from idp.organizations.invites.answering import (
    Joined,
    Newcomer,
    decline_invite,
    join_as_new,
    join_as_user,
)
from idp.organizations.invites.errors import SignInToJoin
from idp.organizations.invites.opening import find_shown
from idp.organizations.memberships import list_memberships
from idp.web.json.models import Answer, Body
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint, reply

api = JsonBlueprint("invites_api", __name__, tag="Sign-up")


class InviteLink(Body):
    """The token of an invite's link."""

    token: MailedToken


class InviteAcceptance(InviteLink, ToldFields):
    """The same, and what somebody without an account says of themselves.

    Without `password` they sign in by mail, a passkey or a provider, or set one later.
    """

    password: Password | None = None
    accept_terms: AcceptTerms = False
    cookies: Cookies = False


class JoinedAnswer(Answer):
    """Who accepted, and was signed in already.

    `membership` is their place in the organization, null of an invite to the server.
    """

    __qualname__ = "Joined"  # as the API document calls it

    user: UserAnswer
    membership: MembershipAnswer | None


class JoinedWithTokens(TokensAndUser):
    """The same of who has an account since, and is signed in."""

    __qualname__ = "JoinedWithTokens"  # as the API document calls it

    membership: MembershipAnswer | None


@api.operation(
    "POST",
    "/auth/invites/accept",
    id="invites_api_accept",
    auth=Auth.OPTIONAL,
    body=InviteAcceptance,
    answers={200: JoinedWithTokens | FactorDue | JoinedAnswer},
    declines=(TOKEN_INVALID,),
    refusals=(
        SignInToJoin,
        InvalidInput,
        UsernameTaken,
        TermsRequired,
        RegistrationClosed,
        RateLimited,
    ),
)
def accept(who: Principal | None, body: InviteAcceptance) -> Response | Declined:
    """Accept an invite, once.

    A link that was mailed makes the account of an address that has none, and signs in.
    Everybody else signs in first, with an account that has the invited address: 401.
    """
    if who is not None:
        joined = _join_as(get_user(who.user_id), body.token)
    else:
        joined = join_as_new(
            body.token,
            Newcomer(
                body.password,
                body.told(),
                body.attributes,
                accepted_versions(accepts=body.accept_terms),
            ),
            request=token_request(in_cookies=body.cookies),
        )
    return _answer(joined, in_cookies=body.cookies) if joined else token_invalid()


@api.operation(
    "POST",
    "/auth/invites/decline",
    id="invites_api_decline",
    auth=Auth.OPTIONAL,
    body=InviteLink,
    answers={204: None},
    declines=(TOKEN_INVALID,),
)
def decline(who: Principal | None, body: InviteLink) -> Declined | None:
    """Decline an invite; its link opens nothing any more."""
    found = find_shown(body.token)
    user_id = who.user_id if who else None
    done = found is not None and decline_invite(found.row, user_id=user_id)
    return None if done else token_invalid()


def _join_as(user: User, token: str) -> Joined | None:
    """Accept for who is signed in; None when the invite is over."""
    found = find_shown(token)
    return join_as_user(found.row, user) if found else None


def _answer(joined: Joined, *, in_cookies: bool) -> Response:
    """Answer who has joined, with tokens unless they had some."""
    signed_in, membership = joined.signed_in, _membership_of(joined)
    if signed_in is None:
        answer = JoinedAnswer(user=user_answer(joined.user), membership=membership)
        return reply(answer)
    if isinstance(signed_in, FactorRequired):
        return factor_due_answer(signed_in)
    return tokens_with(
        {"membership": membership},
        joined.user,
        kind=JoinedWithTokens,
        signed_in=signed_in,
        in_cookies=in_cookies,
    )


def _membership_of(joined: Joined) -> MembershipAnswer | None:
    """Return the place that somebody has since."""
    for of in list_memberships(joined.user.id):
        if of.organization_id == joined.organization_id:
            return membership_answer(of)
    return None
