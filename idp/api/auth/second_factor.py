"""POST /auth/login/2fa: finish a sign-in by its second factor."""

from typing import Any, Literal

from flask import Response
from flask_babel import gettext
from pydantic import Field

from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.sessions.proofs import Method
from idp.accounts.sign_in import pending
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.password import METHOD_NOT_ALLOWED
from idp.accounts.sign_in.pending import FactorRequired, HalfSignIn
from idp.accounts.sign_in.second_factor.finish import finish_by_code, mail_code
from idp.accounts.sign_in.second_factor.finish_by_passkey import (
    finish_by_passkey,
    options_to_finish,
)
from idp.accounts.users import get_user
from idp.api.auth.passkey import CREDENTIAL
from idp.api.declined import (
    CODE_INVALID,
    PASSKEY_REFUSED,
    TICKET_INVALID,
    passkey_refused,
    second_factor_refused,
    ticket_invalid,
)
from idp.api.fields import FactorCode, ReturnUrl
from idp.api.tokens import (
    FactorDue,
    TokensAndUser,
    factor_due_answer,
    signed_in_answer,
    token_request,
)
from idp.core.errors import RateLimited
from idp.web.browser.cookies import step_token
from idp.web.browser.session import find_half_sign_in
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint
from idp.web.return_urls import destination_of

api = JsonBlueprint("second_factor_api", __name__, tag="Sign-in")
TRUST = Field(
    False, description="Do not ask in this browser again, for as long as allowed"
)
Ticket = Field(max_length=256, description="From the answer of `/auth/login`")


class FactorAsked(Body):
    """A sign-in that waits: by its ticket, else the one of this browser."""

    ticket: str | None = Field(None, max_length=256)
    method: Literal["passkey", "email_code"] = "passkey"
    return_url: ReturnUrl = None


class CodeSent(Answer):
    """A code is on its way to the address of the account; it holds ten minutes."""

    status: Literal["code_sent"] = "code_sent"


class SecondFactor(Body):
    """The ticket of a sign-in that waits, and a code."""

    ticket: str = Ticket
    method: Literal["totp", "recovery_code", "email_code"]
    code: FactorCode
    trust: bool = TRUST


class PasskeyFactor(Body):
    """The ticket of a sign-in that waits, and what a passkey has signed."""

    ticket: str = Ticket
    method: Literal["passkey"]
    credential: dict[str, Any] = CREDENTIAL
    trust: bool = TRUST


class FactorOptions(Answer):
    """What to ask an authenticator with.

    It is for `PublicKeyCredential.parseRequestOptionsFromJSON`.
    """

    options: dict[str, Any]


@api.operation(
    "POST",
    "/auth/login/2fa/options",
    id="second_factor_api_options",
    auth=Auth.NONE,
    body=FactorAsked,
    answers={200: FactorOptions | CodeSent},
    declines=(TICKET_INVALID, METHOD_NOT_ALLOWED),
    refusals=(RateLimited,),
)
def options(body: FactorAsked) -> FactorOptions | CodeSent | Declined:
    """Begin to finish a sign-in by a passkey, or by a code that is mailed.

    The first is answered with options, which hold for five minutes and for this
    sign-in. A code is mailed where policies allow that; the mail names the app whose
    request or page `return_url` is. The newest of either counts.
    """
    half = _half(body.ticket)
    if half is None:
        return ticket_invalid()
    if body.method == "passkey":
        asked = options_to_finish(half)
        return FactorOptions(options=asked) if asked else _no_way_here()
    with destination_of(body.return_url) as return_to:
        sent = mail_code(half, requester=this_requester(), return_to=return_to)
    return CodeSent() if sent else _no_way_here()


@api.operation(
    "POST",
    "/auth/login/2fa",
    id="second_factor_api_finish",
    auth=Auth.NONE,
    body=SecondFactor | PasskeyFactor,
    answers={200: TokensAndUser | FactorDue},
    declines=(CODE_INVALID, PASSKEY_REFUSED, TICKET_INVALID),
    refusals=(RateLimited,),
)
def finish(body: SecondFactor | PasskeyFactor) -> Response | Declined:
    """Finish a sign-in by its second factor: a code, or a passkey.

    A ticket that was given to a browser works there alone, and its session begins in
    cookies. Whatever is wrong with a code, the answer is the same; five wrong ones
    lock that factor for a quarter of an hour.
    """
    half = pending.find_by_ticket(body.ticket, step_token=step_token())
    if half is None:
        return ticket_invalid()
    request = token_request(in_cookies=half.in_browser, trust=body.trust)
    if isinstance(body, PasskeyFactor):
        outcome = finish_by_passkey(half, body.credential, request=request)
    else:
        method = Method(body.method)
        outcome = finish_by_code(half, method, code=body.code, request=request)
    if isinstance(outcome, FactorRequired):
        return factor_due_answer(outcome)
    if isinstance(outcome, WrongCode) and isinstance(body, PasskeyFactor):
        return passkey_refused()
    if not isinstance(outcome, SignedIn):
        return second_factor_refused(outcome)
    user = get_user(outcome.session.user_id)
    return signed_in_answer(user, outcome, in_cookies=half.in_browser)


def _no_way_here() -> Declined:
    """Return the answer to a method by which this sign-in cannot be finished."""
    words = gettext("This sign-in can’t be finished this way. Use another.")
    return Declined(METHOD_NOT_ALLOWED, words)


def _half(ticket: str | None) -> HalfSignIn | None:
    """Return the sign-in of a ticket, or the one that waits in this browser."""
    if ticket is None:
        return find_half_sign_in()
    return pending.find_by_ticket(ticket, step_token=step_token())
