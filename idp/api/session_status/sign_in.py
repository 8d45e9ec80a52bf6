"""/api/auth: register and sign in, for single-page front ends of this site."""

from flask import Response
from pydantic import Field

from idp.accounts.errors import (
    EmailReserved,
    EmailTaken,
    InvalidInput,
    RegistrationClosed,
)
from idp.accounts.registration.first_session import CheckInbox
from idp.accounts.registration.new_account import NewAccount
from idp.accounts.registration.sign_up import sign_up
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.limits import sign_in_act
from idp.accounts.sign_in.password import METHOD_NOT_ALLOWED
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.accounts.terms.documents import accepted_versions
from idp.accounts.terms.errors import TermsRequired
from idp.api.declined import (
    ACCOUNT_DELETING,
    ACCOUNT_PENDING,
    INVALID_CREDENTIALS,
    PROVIDER_REFUSED,
    sign_in_elsewhere,
    sign_in_refused,
)
from idp.api.field_names import refuse_mismatch, renamed
from idp.api.fields import (
    AcceptTerms,
    Address,
    ChallengeAnswer,
    LoginName,
    Password,
    VerificationSent,
)
from idp.api.session_status.answers import StatusAndToken, status_and_token
from idp.api.sign_up_key import check_unless_again, registration_token
from idp.api.told_fields import NAMES_OF_SESSION, ToldFieldsOfSession
from idp.api.waiting_identity import IdentityWaits, here_for, waits_answer
from idp.core.errors import IdpError, RateLimited
from idp.federation.sign_in.by_password import sign_in_by_password
from idp.federation.sign_in.enforcement import find_enforced
from idp.federation.sign_in.outcomes import Waits
from idp.security.challenge.guard import ChallengeRequired
from idp.web.browser.session import session_request
from idp.web.callers.challenge import check_body
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.repeats import InvalidKey
from idp.web.json.routes import Declined, JsonBlueprint, reply

api = JsonBlueprint("session_sign_in_api", __name__, tag="Session status")


class SessionRegistration(ToldFieldsOfSession):
    """A new account; ``remember`` lets the cookies outlive the browser."""

    email: Address
    password: Password
    confirm_password: Password = Field(alias="confirmPassword")
    accept_terms: AcceptTerms = Field(False, alias="acceptTerms")
    remember: bool = False
    challenge: ChallengeAnswer = None


class SessionLogin(Body):
    """An email address (or username) and the password."""

    email: LoginName
    password: Password
    remember: bool = False
    challenge: ChallengeAnswer = None


@api.operation(
    "POST",
    "/api/auth/register",
    id="session_sign_in_api_register",
    auth=Auth.NONE,
    body=SessionRegistration,
    answers={200: StatusAndToken, 202: VerificationSent},
    refusals=(
        InvalidInput,
        RegistrationClosed,
        TermsRequired,
        EmailReserved,
        EmailTaken,
        RateLimited,
        ChallengeRequired,
        InvalidKey,
    ),
    goes_on=True,
)
def register(body: SessionRegistration) -> Response:
    """Create an account and begin its session; the address is still to be confirmed."""
    refuse_mismatch(body.password, body.confirm_password, field="confirmPassword")
    wanted = NewAccount(
        body.email,
        body.password,
        attributes=body.attributes,
        accepted=accepted_versions(accepts=body.accept_terms),
    )
    wanted = wanted.saying(body.told())
    request = session_request(remember=body.remember, adds=False)
    registration = registration_token(body.email, body.password)
    outcome = check_unless_again(
        wanted,
        request=request,
        registration=registration,
        challenge=body.challenge,
    )
    if outcome is None:
        with renamed(NAMES_OF_SESSION):
            outcome = sign_up(
                wanted, return_to="", request=request, registration=registration
            )
    if isinstance(outcome, CheckInbox):
        return reply(VerificationSent(registration=registration), status=202)
    return status_and_token(outcome.signed_in, registration=registration)


@api.operation(
    "POST",
    "/api/auth/login",
    id="session_sign_in_api_sign_in",
    auth=Auth.NONE,
    body=SessionLogin,
    answers={200: StatusAndToken | IdentityWaits},
    declines=(
        INVALID_CREDENTIALS,
        ACCOUNT_DELETING,
        ACCOUNT_PENDING,
        METHOD_NOT_ALLOWED,
        PROVIDER_REFUSED,
    ),
    refusals=(RateLimited, ChallengeRequired, DirectoryAway),
)
def sign_in(body: SessionLogin) -> Response | Declined | IdpError:
    """Sign in with a password and begin a session.

    The right password of a directory whose user has no account here yet, or has one
    that is not linked, is answered with a ticket: `/api/auth/external` goes on with it.
    """
    login = body.email.strip()
    check_body(sign_in_act, login, answer=body.challenge)
    if find_enforced(login, judged_later=bool(body.password)):
        return sign_in_elsewhere()
    here = here_for(in_cookies=True)
    outcome = sign_in_by_password(
        login=login,
        password=body.password,
        request=session_request(remember=body.remember, adds=False),
        here=here,
    )
    if isinstance(outcome, Waits):
        return waits_answer(outcome, here, in_cookies=True)
    if not isinstance(outcome, SignedIn | FactorRequired):
        return sign_in_refused(outcome)
    return status_and_token(outcome)
