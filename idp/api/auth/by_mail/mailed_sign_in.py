"""POST /auth/sign-in/token and /auth/sign-in/code: sign in by what was mailed."""

from flask import Response
from flask_babel import gettext
from pydantic import Field

from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.sign_in import links
from idp.accounts.sign_in.by_mail.requests import AskedBy
from idp.accounts.sign_in.by_mail.sign_in import (
    AskedElsewhere,
    LinkOver,
    sign_in_by_mailed_code,
    sign_in_by_mailed_link,
)
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.password import METHOD_NOT_ALLOWED
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.ways.allowed import WayNotAllowed
from idp.accounts.users import get_user
from idp.api.declined import (
    CODE_INVALID,
    OTHER_BROWSER,
    TOKEN_INVALID,
    no_mail_here,
    other_browser,
    token_invalid,
)
from idp.api.fields import Address, Cookies, FactorCode, MailedToken
from idp.api.tokens import (
    FactorDue,
    TokensAndUser,
    factor_due_answer,
    signed_in_answer,
    token_request,
)
from idp.core.errors import RateLimited
from idp.web.browser.cookies import mail_token
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint

api = JsonBlueprint("mailed_sign_in_api", __name__, tag="Sign-in")
REQUEST = Field(
    None,
    max_length=256,
    description="From the answer of `/auth/magic-link`; a browser may send its cookie",
)
Signed = SignedIn | FactorRequired
Refusal = AskedElsewhere | LinkOver | WrongCode | WayNotAllowed


class LinkToken(Body):
    """The token of the link, and what shows who asked for it."""

    token: MailedToken
    request: str | None = REQUEST
    remember: bool = False
    cookies: Cookies = False


class LinkCode(Body):
    """The code beside the link, the address it was mailed to, and who asked for it."""

    email: Address
    code: FactorCode
    request: str | None = REQUEST
    remember: bool = False
    cookies: Cookies = False


@api.operation(
    "POST",
    "/auth/sign-in/token",
    id="mailed_sign_in_api_token",
    auth=Auth.NONE,
    body=LinkToken,
    answers={200: TokensAndUser | FactorDue},
    declines=(TOKEN_INVALID, OTHER_BROWSER, METHOD_NOT_ALLOWED),
)
def sign_in_by_token(body: LinkToken) -> Response | Declined:
    """Sign in by the token of a link, once.

    That of a mailed one works for who asked for the mail alone; anybody else is told
    so, and it stays. That of one which an operator made needs nothing else.
    """
    request = token_request(in_cookies=body.cookies, remember=body.remember)
    outcome: Signed | Refusal = sign_in_by_mailed_link(
        body.token, by=_asked_by(body), request=request
    )
    if isinstance(outcome, LinkOver):
        outcome = links.sign_in_by_link(body.token, request=request) or outcome
    return _answer(outcome, in_cookies=body.cookies)


@api.operation(
    "POST",
    "/auth/sign-in/code",
    id="mailed_sign_in_api_code",
    auth=Auth.NONE,
    body=LinkCode,
    answers={200: TokensAndUser | FactorDue},
    declines=(CODE_INVALID, OTHER_BROWSER, METHOD_NOT_ALLOWED),
    refusals=(RateLimited,),
)
def sign_in_by_code(body: LinkCode) -> Response | Declined | RateLimited:
    """Sign in by a mailed code, once.

    Five wrong ones use a code up; after ten of an account in a day its codes are not
    taken, and its links are. Whatever is wrong with it, the answer is the same.
    """
    outcome = sign_in_by_mailed_code(
        body.email.strip(),
        body.code,
        by=_asked_by(body),
        request=token_request(in_cookies=body.cookies, remember=body.remember),
    )
    if isinstance(outcome, RateLimited):
        return outcome
    return _answer(outcome, in_cookies=body.cookies)


def _asked_by(body: LinkToken | LinkCode) -> AskedBy:
    """Return what the caller shows of having asked."""
    return AskedBy(body.request, mail_token())


def _answer(outcome: Signed | Refusal, *, in_cookies: bool) -> Response | Declined:
    """Answer what became of a sign-in."""
    if isinstance(outcome, FactorRequired):
        return factor_due_answer(outcome)
    if isinstance(outcome, SignedIn):
        user = get_user(outcome.session.user_id)
        return signed_in_answer(user, outcome, in_cookies=in_cookies)
    if isinstance(outcome, AskedElsewhere):
        return other_browser()
    if isinstance(outcome, WayNotAllowed):
        return no_mail_here()
    if isinstance(outcome, LinkOver):
        return token_invalid()
    words = gettext("That code isn’t right, or it has expired.")
    return Declined(CODE_INVALID, words)
