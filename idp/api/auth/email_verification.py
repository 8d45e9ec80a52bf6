"""/auth/email-verification: confirm an address, ask for the mail again."""

from idp.accounts.access.principal import Principal
from idp.accounts.email import address_proof
from idp.accounts.email import change as email_change
from idp.accounts.email import verification as email_verification
from idp.accounts.errors import EmailTaken
from idp.accounts.mail_limits import verification_mail_act
from idp.accounts.registration import pending
from idp.accounts.sign_in.registrants import ConfirmedBy
from idp.accounts.users import get_user
from idp.api.confirmation import confirmed_by, mail_set_link_if_discarded
from idp.api.declined import TOKEN_INVALID, token_invalid
from idp.api.field_names import required
from idp.api.fields import (
    Address,
    ChallengeAnswer,
    FactorCode,
    MailedToken,
    Registration,
    ReturnUrl,
)
from idp.core.errors import RateLimited
from idp.security.challenge.guard import ChallengeRequired
from idp.web.callers.challenge import check_body
from idp.web.callers.requester import this_requester
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint
from idp.web.return_urls import destination_of
from idp.web.unit_of_work import undo

api = JsonBlueprint("email_verification_api", __name__, tag="Email addresses")


class VerificationToken(Body):
    """The token of the mailed link."""

    token: MailedToken
    registration: Registration = None


class VerificationCode(Body):
    """The code beside the link, and the address that it was mailed to."""

    email: Address
    code: FactorCode
    registration: Registration = None


class VerificationMail(Body):
    """Where to send the mail again; who is signed in need not say."""

    email: Address | None = None
    return_url: ReturnUrl = None
    challenge: ChallengeAnswer = None


@api.operation(
    "POST",
    "/auth/email-verification",
    id="email_verification_api_confirm",
    auth=Auth.OPTIONAL,
    before_password_change=True,
    before_enrolment=True,
    body=VerificationToken | VerificationCode,
    answers={204: None},
    declines=(TOKEN_INVALID,),
)
def confirm(
    who: Principal | None, body: VerificationToken | VerificationCode
) -> Declined | None:
    """Confirm an address by the mailed token or code, once.

    That is the address of an account, a new one that it is to switch to, or a further
    one; the token that confirmed the first is answered as before. Who signed up says so
    by `registration`, or by the session that began then. Confirmed by anyone else, the
    account loses its password, sessions, grants and devices; its owner gets a link by
    mail that sets a new password.
    """
    try:
        confirmed = _spend(body, by=confirmed_by(who, body.registration))
    except EmailTaken:  # by another account, meanwhile: there is nothing to confirm
        undo()
        return token_invalid()
    return None if confirmed else token_invalid()


@api.operation(
    "POST",
    "/auth/email-verification/email",
    id="email_verification_api_send_again",
    auth=Auth.OPTIONAL,
    body=VerificationMail,
    answers={202: None},
    refusals=(RateLimited, ChallengeRequired),
)
def send_again(who: Principal | None, body: VerificationMail) -> None:
    """Send the mail again; the answer does not depend on the address.

    Who is signed in is asked no challenge.
    """
    if body.email is not None and who is None:
        check_body(verification_mail_act, body.email, answer=body.challenge)
    with destination_of(body.return_url) as return_to:
        if body.email is not None:
            email_verification.resend(
                body.email.strip(), return_to=return_to, requester=this_requester()
            )
        elif who is not None:
            _send_to_self(who, return_to=return_to)
        else:
            raise required("email")


def _spend(body: VerificationToken | VerificationCode, *, by: ConfirmedBy) -> bool:
    """Take the token or code; False when it is worth nothing."""
    requester = this_requester()
    if isinstance(body, VerificationToken):
        confirmed = email_verification.confirm_by_link(
            body.token, by=by
        ) or pending.confirm_by_link(body.token, by=by)
        mail_set_link_if_discarded(confirmed)
        return bool(
            confirmed
            or email_change.confirm_by_link(body.token, requester=requester)
            or address_proof.confirm_by_link(body.token, requester=requester)
            or email_verification.find_confirmed(body.token)
        )
    address, code = body.email.strip(), body.code
    confirmed = email_verification.confirm_by_code(
        address, code, by=by
    ) or pending.confirm_by_code(address, code, by=by)
    mail_set_link_if_discarded(confirmed)
    return bool(
        confirmed
        or email_change.confirm_by_address(address, code, requester=requester)
        or address_proof.confirm_by_address(address, code, requester=requester)
    )


def _send_to_self(who: Principal, *, return_to: str) -> None:
    """Send the mail to a person who is signed in and still has to confirm."""
    user = get_user(who.user_id)
    if user.email_verified_at is None:
        email_verification.resend_own(
            user, return_to=return_to, requester=this_requester()
        )
