"""POST /auth/login/2fa: finish a sign-in by its second factor."""

from typing import Literal

from flask import Response
from flask_babel import gettext
from pydantic import Field

from idp.accounts.sessions.proofs import Method
from idp.accounts.sign_in import pending
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.password import METHOD_NOT_ALLOWED
from idp.accounts.sign_in.pending import FactorRequired, HalfSignIn
from idp.accounts.sign_in.second_factor.finish import finish_by_code, mail_code
from idp.accounts.users import get_user
from idp.api.declined import (
    CODE_INVALID,
    TICKET_INVALID,
    second_factor_refused,
    ticket_invalid,
)
from idp.api.fields import FactorCode
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

api = JsonBlueprint("second_factor_api", __name__, tag="Sign-up and sign-in")
Ticket = Field(max_length=256, description="From the answer of `/auth/login`")


class FactorAsked(Body):
    """A sign-in that waits: by its ticket, else the one of this browser."""

    ticket: str | None = Field(None, max_length=256)
    method: Literal["email_code"]


class CodeSent(Answer):
    """A code is on its way to the address of the account; it holds ten minutes."""

    status: Literal["code_sent"] = "code_sent"


class SecondFactor(Body):
    """The ticket of a sign-in that waits, and what was due."""

    ticket: str = Ticket
    method: Literal["totp", "recovery_code", "email_code"]
    code: FactorCode
    trust: bool = Field(
        False, description="Do not ask in this browser again, for as long as allowed"
    )


@api.operation(
    "POST",
    "/auth/login/2fa/options",
    id="second_factor_api_options",
    auth=Auth.NONE,
    body=FactorAsked,
    answers={200: CodeSent},
    declines=(TICKET_INVALID, METHOD_NOT_ALLOWED),
    refusals=(RateLimited,),
)
def options(body: FactorAsked) -> CodeSent | Declined:
    """Mail a code as the second factor of a sign-in, where policies allow that.

    An earlier one is void. It works for that sign-in alone.
    """
    half = _half(body.ticket)
    if half is None:
        return ticket_invalid()
    if not mail_code(half, requester=this_requester()):
        words = gettext("This sign-in can’t be finished this way. Use another.")
        return Declined(METHOD_NOT_ALLOWED, words)
    return CodeSent()


@api.operation(
    "POST",
    "/auth/login/2fa",
    id="second_factor_api_finish",
    auth=Auth.NONE,
    body=SecondFactor,
    answers={200: TokensAndUser | FactorDue},
    declines=(CODE_INVALID, TICKET_INVALID),
    refusals=(RateLimited,),
)
def finish(body: SecondFactor) -> Response | Declined:
    """Finish a sign-in by its second factor.

    A ticket that was given to a browser works there alone, and its session begins in
    cookies. Whatever is wrong with a code, the answer is the same; five wrong ones
    lock that factor for a quarter of an hour.
    """
    half = pending.find_by_ticket(body.ticket, step_token=step_token())
    if half is None:
        return ticket_invalid()
    outcome = finish_by_code(
        half,
        Method(body.method),
        code=body.code,
        request=token_request(in_cookies=half.in_browser, trust=body.trust),
    )
    if isinstance(outcome, FactorRequired):
        return factor_due_answer(outcome)
    if not isinstance(outcome, SignedIn):
        return second_factor_refused(outcome)
    user = get_user(outcome.session.user_id)
    return signed_in_answer(user, outcome, in_cookies=half.in_browser)


def _half(ticket: str | None) -> HalfSignIn | None:
    """Return the sign-in of a ticket, or the one that waits in this browser."""
    if ticket is None:
        return find_half_sign_in()
    return pending.find_by_ticket(ticket, step_token=step_token())
