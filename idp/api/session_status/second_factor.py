"""/api/auth/2fa: an authenticator app, for front ends of this site."""

import re
from typing import Any, Literal

from flask import Response
from pydantic import Field

from idp.accounts.access.principal import Principal
from idp.accounts.factors import enrolment
from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.factors.errors import EmailNotVerified
from idp.accounts.factors.totp import TotpKey
from idp.accounts.sessions.proofs import Method
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.pending import FactorRequired, HalfSignIn
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.sign_in.second_factor.finish import finish_by_code, methods_of
from idp.accounts.sign_in.second_factor.finish_by_passkey import finish_by_passkey
from idp.accounts.sign_in.second_factor.step_up import step_up_by_code
from idp.api.auth.passkey import CREDENTIAL
from idp.api.auth.second_factor import TRUST
from idp.api.declined import (
    CODE_INVALID,
    PASSKEY_REFUSED,
    TICKET_INVALID,
    code_invalid,
    passkey_refused,
    second_factor_refused,
    ticket_invalid,
)
from idp.api.fields import FactorCode
from idp.api.renewed_session import is_in_cookies, with_renewed
from idp.api.session_status.answers import (
    StatusAndToken,
    status_and_token,
    status_of,
)
from idp.core.errors import RateLimited
from idp.web.browser.session import find_half_sign_in, session_of, session_request
from idp.web.callers import access
from idp.web.callers.bearer import bearer_token
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint, reply

api = JsonBlueprint(
    "session_second_factor_api", __name__, tag="Session status: what is due"
)
PATH = "/api/auth/2fa"
SIX_DIGITS = re.compile("[0-9]{6}")


class FactorToken(Body):
    """A code of the authenticator app."""

    token: FactorCode


class ShownPasskey(Body):
    """What a passkey or a security key has signed.

    The options for it come from `/auth/login/2fa/options`, without a ticket.
    """

    method: Literal["passkey"]
    credential: dict[str, Any] = CREDENTIAL
    trust: bool = TRUST


class ShownFactor(FactorToken):
    """A code of an app, a recovery code, or one that was mailed.

    Without `method` six digits are of the app, of who has one.
    """

    method: Literal["totp", "recovery_code", "email_code"] | None = None
    trust: bool = TRUST


class SessionSetUp(Answer):
    """What an authenticator app is to be told; `url` is what a QR code holds."""

    status: Literal["2fa_setup"] = "2fa_setup"
    url: str = Field(description="An `otpauth:` address")
    secret: str


@api.operation(
    "POST",
    f"{PATH}/enable/request",
    id="session_second_factor_api_start",
    answers={200: SessionSetUp},
    refusals=(EmailNotVerified, ReauthenticationRequired),
    before_enrolment=True,
)
def start(who: Principal) -> SessionSetUp:
    """Begin to set up an authenticator app, within ten minutes of a sign-in."""
    access.fresh_proof(who)
    return _set_up(enrolment.start_totp(session_of(who)))


@api.operation(
    "POST",
    f"{PATH}/enable/submit",
    id="session_second_factor_api_confirm",
    body=FactorToken,
    answers={200: StatusAndToken},
    declines=(CODE_INVALID,),
    refusals=(EmailNotVerified, ReauthenticationRequired, RateLimited),
    before_enrolment=True,
)
def confirm(who: Principal, body: FactorToken) -> Response | StatusAndToken | Declined:
    """Let the new app count, by a code that it shows; this browser gets new cookies.

    `recovery_codes` stand for a lost app; they are left out where there are some.
    """
    access.fresh_proof(who)
    live = session_of(who)
    in_cookies = is_in_cookies(live)
    outcome = enrolment.confirm_totp(live, body.token, requester=this_requester())
    if isinstance(outcome, WrongCode):
        return code_invalid()
    codes = outcome.recovery_codes or None
    if in_cookies:
        return status_and_token(SignedIn(outcome.session), recovery_codes=codes)
    status = status_of(outcome.session)
    return StatusAndToken(status=status, token=bearer_token(), recovery_codes=codes)


@api.operation(
    "POST",
    f"{PATH}/verify",
    id="session_second_factor_api_verify",
    auth=Auth.NONE,
    body=ShownFactor | ShownPasskey,
    answers={200: StatusAndToken},
    declines=(CODE_INVALID, PASSKEY_REFUSED, TICKET_INVALID),
    refusals=(RateLimited,),
)
def verify(body: ShownFactor | ShownPasskey) -> Response | Declined:
    """Finish the sign-in that waits in this browser for its second factor."""
    half = find_half_sign_in()
    if half is None:
        return ticket_invalid()
    request = session_request(trust=body.trust, adds=False)
    if isinstance(body, ShownPasskey):
        outcome = finish_by_passkey(half, body.credential, request=request)
    else:
        method = _method_shown(body, half)
        outcome = finish_by_code(half, method, code=body.token, request=request)
    if isinstance(outcome, SignedIn | FactorRequired):
        return status_and_token(outcome)
    if isinstance(outcome, WrongCode) and isinstance(body, ShownPasskey):
        return passkey_refused()
    return second_factor_refused(outcome)


@api.operation(
    "POST",
    f"{PATH}/reset",
    id="session_second_factor_api_reset",
    body=FactorToken,
    answers={200: SessionSetUp},
    declines=(CODE_INVALID,),
    refusals=(EmailNotVerified, RateLimited),
)
def reset(who: Principal, body: FactorToken) -> Response | Declined:
    """Begin to set up another app in place of one, by a code of that.

    The old one counts until the new one is confirmed. In cookies mode this browser
    gets new cookies.
    """
    live = session_of(who)
    in_cookies = is_in_cookies(live)
    outcome = step_up_by_code(
        live,
        _method_of(body.token),
        code=body.token,
        requester=this_requester(),
        in_cookies=in_cookies,
    )
    if isinstance(outcome, WrongCode):
        return code_invalid()
    answer = reply(_set_up(enrolment.start_totp(outcome.session)))
    return with_renewed(answer, outcome.session) if in_cookies else answer


def _set_up(new: TotpKey) -> SessionSetUp:
    """Return what a new app is to be told, as an answer."""
    return SessionSetUp(url=new.url, secret=new.secret)


def _method_shown(body: ShownFactor, half: HalfSignIn) -> Method:
    """Return the method that was named, else what the code looks like."""
    if body.method:
        return Method(body.method)
    method = _method_of(body.token)
    mailed = method is Method.TOTP and method not in methods_of(half)
    return Method.EMAIL_CODE if mailed else method


def _method_of(token: str) -> Method:
    """Return what a code looks like: an app's are six digits."""
    return Method.TOTP if SIX_DIGITS.fullmatch(token) else Method.RECOVERY_CODE
