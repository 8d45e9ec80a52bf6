"""POST /auth/magic-link: have a link and a code mailed to sign in by."""

from typing import Literal

from flask import Response
from pydantic import Field

from idp.accounts.mail_limits import sign_in_mail_act
from idp.accounts.sign_in.by_mail.requests import ask
from idp.accounts.sign_in.password import METHOD_NOT_ALLOWED
from idp.accounts.sign_in.ways.allowed import WayNotAllowed
from idp.api.declined import no_mail_here, sign_in_elsewhere
from idp.api.fields import Address, ChallengeAnswer, ReturnUrl
from idp.core.errors import RateLimited
from idp.federation.sign_in.enforcement import find_enforced
from idp.security.challenge.guard import ChallengeRequired
from idp.web.browser.cookies import keep_mail, mail_token
from idp.web.callers.challenge import check_body
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint, reply
from idp.web.return_urls import destination_of

api = JsonBlueprint("magic_link_api", __name__, tag="Sign-in")
REQUEST = "What the link and the code are bound to; keep it secret"


class MagicLink(Body):
    """Where to send the mail."""

    email: Address
    return_url: ReturnUrl = None
    challenge: ChallengeAnswer = None


class MagicLinkSent(Answer):
    """A mail is on its way to whoever has an account with the address."""

    status: Literal["magic_link_sent"] = "magic_link_sent"
    request: str = Field(description=REQUEST)


@api.operation(
    "POST",
    "/auth/magic-link",
    id="magic_link_api_send",
    auth=Auth.NONE,
    body=MagicLink,
    answers={202: MagicLinkSent},
    declines=(METHOD_NOT_ALLOWED,),
    refusals=(RateLimited, ChallengeRequired),
)
def send(body: MagicLink) -> Response | Declined:
    """Have a link and a six-digit code mailed; the answer never tells of the address.

    Both sign in once, within ten minutes, with this `request` or in the browser that
    got the cookie of this answer.
    """
    check_body(sign_in_mail_act, body.email, answer=body.challenge)
    if find_enforced(body.email.strip(), judged_later=True):
        return sign_in_elsewhere()
    with destination_of(body.return_url) as return_to:
        asked = ask(
            body.email.strip(),
            return_to=return_to,
            browser_token=mail_token(),
            requester=this_requester(),
        )
    if isinstance(asked, WayNotAllowed):
        return no_mail_here()
    answer = MagicLinkSent(request=asked.request)
    return keep_mail(reply(answer), asked.browser_token)
