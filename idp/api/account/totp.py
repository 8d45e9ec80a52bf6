"""/account/totp and /account/recovery-codes: an authenticator app, and what helps."""

from flask import Response
from pydantic import Field

from idp.accounts.access.principal import Principal
from idp.accounts.factors import enrolment
from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.factors.errors import EmailNotVerified, NoSuchFactor
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.api.declined import CODE_INVALID, code_invalid
from idp.api.fields import FactorCode
from idp.api.renewed_session import is_in_cookies, with_renewed
from idp.core.errors import RateLimited
from idp.web.browser.session import session_of
from idp.web.callers import access
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body
from idp.web.json.routes import Declined, JsonBlueprint, reply

api = JsonBlueprint("totp_api", __name__, tag="Two-step sign-in")
PATH = "/account/totp"
NO_CONTENT = 204


class TotpSetUp(Answer):
    """What an authenticator app is to be told: the address as a QR code, or the key."""

    url: str = Field(description="An `otpauth:` address")
    secret: str


class TotpCode(Body):
    """A code that the app shows."""

    code: FactorCode


class RecoveryCodes(Answer):
    """Codes that stand for a lost authenticator, each once; they are told this once."""

    recovery_codes: list[str]


@api.operation(
    "POST",
    PATH,
    id="totp_api_start",
    answers={200: TotpSetUp},
    refusals=(EmailNotVerified, ReauthenticationRequired),
    before_enrolment=True,
)
def start(who: Principal) -> TotpSetUp:
    """Begin to set up an authenticator app, within ten minutes of a sign-in.

    One that is in use stays so until the new one is confirmed.
    """
    access.fresh_proof(who)
    new = enrolment.start_totp(session_of(who))
    return TotpSetUp(url=new.url, secret=new.secret)


@api.operation(
    "PUT",
    PATH,
    id="totp_api_confirm",
    body=TotpCode,
    answers={200: RecoveryCodes},
    declines=(CODE_INVALID,),
    refusals=(EmailNotVerified, ReauthenticationRequired, RateLimited),
    before_enrolment=True,
)
def confirm(who: Principal, body: TotpCode) -> Response | Declined:
    """Let the new app count, by a code that it shows; the owner is mailed.

    `recovery_codes` is empty where there are some already. In cookies mode this browser
    gets new cookies.
    """
    access.fresh_proof(who)
    live = session_of(who)
    in_cookies = is_in_cookies(live)
    outcome = enrolment.confirm_totp(live, body.code, requester=this_requester())
    if isinstance(outcome, WrongCode):
        return code_invalid()
    answer = reply(RecoveryCodes(recovery_codes=outcome.recovery_codes))
    return with_renewed(answer, outcome.session) if in_cookies else answer


@api.operation(
    "DELETE",
    PATH,
    id="totp_api_remove",
    answers={204: None},
    refusals=(NoSuchFactor, ReauthenticationRequired),
)
def remove(who: Principal) -> Response:
    """Let the app count no more, within ten minutes of a sign-in; the owner is mailed.

    With the last second factor the recovery codes go.
    """
    access.fresh_proof(who)
    live = session_of(who)
    in_cookies = is_in_cookies(live)
    session = enrolment.remove_totp(live, requester=this_requester())
    answer = reply(None, status=NO_CONTENT)
    return with_renewed(answer, session) if in_cookies else answer


@api.operation(
    "POST",
    "/account/recovery-codes",
    id="totp_api_make_recovery_codes",
    answers={200: RecoveryCodes},
    refusals=(NoSuchFactor, ReauthenticationRequired),
)
def make_recovery_codes(who: Principal) -> RecoveryCodes:
    """Make ten new recovery codes, within ten minutes of a sign-in.

    Those from before are void. The owner is mailed.
    """
    access.fresh_proof(who)
    made = enrolment.make_recovery_codes(session_of(who), requester=this_requester())
    return RecoveryCodes(recovery_codes=made)
