"""/api/auth: confirm an address, set a lost password, for front ends of this site."""

from dataclasses import replace

from flask import Response
from pydantic import Field

from idp.accounts.access.principal import Principal
from idp.accounts.email import verification as email_verification
from idp.accounts.errors import InvalidInput
from idp.accounts.mail_limits import reset_mail_act
from idp.accounts.one_time_tokens import SpentToken
from idp.accounts.password.reset import ask_for_reset, reset_and_sign_in
from idp.accounts.registration import pending
from idp.accounts.sessions.start import renew_token
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.password import METHOD_NOT_ALLOWED
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.ways.managed import PasswordManaged
from idp.accounts.users import get_user
from idp.api.confirmation import confirmed_by, mail_set_link_if_discarded
from idp.api.declined import (
    TOKEN_INVALID,
    sign_in_elsewhere,
    sign_in_with_new_password,
    token_invalid,
)
from idp.api.field_names import refuse_mismatch
from idp.api.fields import (
    Address,
    ChallengeAnswer,
    MailedToken,
    Password,
    Registration,
    ReturnUrl,
)
from idp.api.session_status.answers import (
    StatusAndToken,
    StatusAnswer,
    status_and_token,
    status_of,
)
from idp.core.errors import RateLimited
from idp.core.text import in_one_piece
from idp.federation.sign_in.enforcement import find_enforced
from idp.security.challenge.guard import ChallengeRequired
from idp.web.browser.session import get_session, session_of, session_request
from idp.web.callers.bearer import bearer_token
from idp.web.callers.challenge import check_body
from idp.web.callers.requester import this_requester
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint
from idp.web.return_urls import destination_of

api = JsonBlueprint("session_mail_api", __name__, tag="Session status: by mail")


class SessionVerificationMail(Body):
    """Where the mailed link leads on to."""

    return_url: ReturnUrl = Field(default=None, alias="returnUrl")


class SessionVerification(Body):
    """The mailed token; who is signed in may send the code beside it."""

    token: MailedToken
    registration: Registration = None


class SessionResetMail(Body):
    """Whose password was lost."""

    email: Address
    return_url: ReturnUrl = Field(default=None, alias="returnUrl")
    challenge: ChallengeAnswer = None


class SessionReset(Body):
    """The mailed token and a new password, twice."""

    token: MailedToken
    password: Password
    confirm_password: Password = Field(alias="confirmPassword")


@api.operation(
    "POST",
    "/api/auth/verify/request",
    id="session_mail_api_request_verification",
    body=SessionVerificationMail,
    answers={202: StatusAnswer},
    refusals=(RateLimited,),
)
def request_verification(who: Principal, body: SessionVerificationMail) -> StatusAnswer:
    """Send the mail that confirms the address again, if it is not confirmed yet."""
    live = session_of(who)
    with destination_of(body.return_url) as return_to:
        if not live.email_verified:
            email_verification.resend_own(
                get_user(live.user_id),
                return_to=return_to,
                requester=this_requester(),
            )
    return StatusAnswer(status=status_of(live))


@api.operation(
    "POST",
    "/api/auth/verify/submit",
    id="session_mail_api_submit_verification",
    auth=Auth.OPTIONAL,
    body=SessionVerification,
    answers={200: StatusAndToken},
    declines=(TOKEN_INVALID,),
)
def submit_verification(
    who: Principal | None, body: SessionVerification
) -> Response | StatusAndToken | Declined:
    """Confirm an address by the mailed token, once.

    `token` is for the session that registered, whose browser gets a new cookie. Anyone
    else is answered `logout`; nobody is signed in by it. Without `registration` they
    leave the account no password, as at `/auth/email-verification`.
    """
    by = confirmed_by(who, body.registration)
    spent = email_verification.confirm_by_link(
        body.token, by=by
    ) or pending.confirm_by_link(body.token, by=by)
    if spent is None and who is not None:
        spent = email_verification.confirm_code_of(
            who.user_id, in_one_piece(body.token), by=by
        )
    mail_set_link_if_discarded(spent)
    if spent and not spent.in_registering_session:
        return StatusAndToken(status="logout")
    session = None
    if spent and who and who.by_cookie and who.user_id == spent.user_id:
        own = replace(get_session(), email_verified=True)
        session = renew_token(own, requester=this_requester())
    if session:
        return status_and_token(SignedIn(session))
    if spent:
        return _bare_status(who, spent)
    used = email_verification.find_confirmed(body.token)
    return _status_again(who, used) if used else token_invalid()


@api.operation(
    "POST",
    "/api/auth/reset/request",
    id="session_mail_api_request_reset",
    auth=Auth.NONE,
    body=SessionResetMail,
    answers={202: None},
    declines=(METHOD_NOT_ALLOWED,),
    refusals=(RateLimited, ChallengeRequired),
)
def request_reset(body: SessionResetMail) -> Declined | None:
    """Mail a link to a new password; the answer does not tell of the address.

    Where account privacy is `open`, an address whose users sign in by a provider alone
    is refused.
    """
    check_body(reset_mail_act, body.email, answer=body.challenge)
    if find_enforced(body.email.strip(), judged_later=True):
        return sign_in_elsewhere()
    with destination_of(body.return_url) as return_to:
        ask_for_reset(
            body.email.strip(), return_to=return_to, requester=this_requester()
        )
    return None


@api.operation(
    "POST",
    "/api/auth/reset/submit",
    id="session_mail_api_submit_reset",
    auth=Auth.NONE,
    body=SessionReset,
    answers={200: StatusAndToken},
    declines=(TOKEN_INVALID, METHOD_NOT_ALLOWED),
    refusals=(InvalidInput, PasswordManaged, RateLimited),
)
def submit_reset(body: SessionReset) -> Response | Declined:
    """Set a new password by the mailed token, once, and sign in.

    A second factor is still due.
    Every earlier session and refresh token of the user ends.
    """
    refuse_mismatch(body.password, body.confirm_password, field="confirmPassword")
    signed_in = reset_and_sign_in(
        body.token, new_password=body.password, request=session_request(adds=False)
    )
    if isinstance(signed_in, SignedIn | FactorRequired):
        return status_and_token(signed_in)
    return sign_in_with_new_password() if signed_in else token_invalid()


def _status_again(who: Principal | None, used: SpentToken) -> StatusAndToken:
    """Return how it stands with who sends a token that has confirmed already."""
    if who is None or who.user_id != used.user_id:
        return StatusAndToken(status="logout")
    return StatusAndToken(status=status_of(session_of(who)))


def _bare_status(who: Principal | None, spent: SpentToken) -> StatusAndToken:
    """Return how it stands with a caller who has no cookie to renew."""
    if who is None or who.by_cookie or who.user_id != spent.user_id:
        return StatusAndToken(status="logout")
    return StatusAndToken(status="ok", token=bearer_token())
