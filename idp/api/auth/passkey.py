"""/auth/passkey: sign in with a passkey."""

from typing import Any

from flask import Response
from pydantic import Field

from idp.accounts.policies.ways import SoleProvider
from idp.accounts.sign_in import passkey
from idp.accounts.sign_in.passkey import PasskeyRefused
from idp.accounts.sign_in.password import METHOD_NOT_ALLOWED
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.ways.allowed import AccountPending, WayNotAllowed
from idp.accounts.users import get_user
from idp.api.declined import (
    ACCOUNT_PENDING,
    PASSKEY_REFUSED,
    account_pending,
    passkey_refused,
    passkeys_not_allowed,
    sign_in_elsewhere,
)
from idp.api.fields import Cookies, LoginName
from idp.api.tokens import (
    FactorDue,
    TokensAndUser,
    factor_due_answer,
    signed_in_answer,
    token_request,
)
from idp.core.errors import RateLimited
from idp.web.browser.cookies import browser_digests
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint

api = JsonBlueprint("passkey_api", __name__, tag="Sign-in")
TICKET = Field(max_length=256, description="From the answer with the options")
CREDENTIAL = Field(description="What the authenticator gave, as its `toJSON()` has it")


class WhoSignsIn(Body):
    """An email address or username; without one any passkey may be chosen."""

    login: LoginName | None = None


class PasskeyOptions(Answer):
    """What to ask an authenticator with, and the ticket for what it says.

    ``options`` are for `PublicKeyCredential.parseRequestOptionsFromJSON` or
    `parseCreationOptionsFromJSON`.
    """

    ticket: str
    options: dict[str, Any]


class PasskeyShown(Body):
    """What a passkey has signed."""

    ticket: str = TICKET
    credential: dict[str, Any] = CREDENTIAL
    remember: bool = False
    cookies: Cookies = False


@api.operation(
    "POST",
    "/auth/passkey/options",
    id="passkey_api_options",
    auth=Auth.NONE,
    body=WhoSignsIn,
    answers={200: PasskeyOptions},
    declines=(METHOD_NOT_ALLOWED,),
    refusals=(RateLimited,),
)
def options(body: WhoSignsIn) -> PasskeyOptions | Declined:
    """Begin a sign-in with a passkey; the answer holds for five minutes.

    It looks the same whether or not there is such an account, or a passkey of it.
    """
    begun = passkey.begin(
        body.login,
        browser=next(iter(browser_digests()), None),
        requester=this_requester(),
    )
    if isinstance(begun, WayNotAllowed):
        return passkeys_not_allowed()
    ticket, asked = begun
    return PasskeyOptions(ticket=ticket, options=asked)


@api.operation(
    "POST",
    "/auth/passkey",
    id="passkey_api_sign_in",
    auth=Auth.NONE,
    body=PasskeyShown,
    answers={200: TokensAndUser | FactorDue},
    declines=(PASSKEY_REFUSED, METHOD_NOT_ALLOWED, ACCOUNT_PENDING),
)
def sign_in(body: PasskeyShown) -> Response | Declined:
    """Sign in with what a passkey has signed.

    Whatever is wrong with it, the answer is the same. A passkey that its user unlocked
    counts as two factors.
    """
    outcome = passkey.sign_in_with_passkey(
        body.credential,
        ticket=body.ticket,
        browsers=browser_digests(),
        request=token_request(in_cookies=body.cookies, remember=body.remember),
    )
    if isinstance(outcome, FactorRequired):
        return factor_due_answer(outcome)
    if isinstance(outcome, SoleProvider):
        return sign_in_elsewhere()
    if isinstance(outcome, WayNotAllowed):
        return passkeys_not_allowed()
    if isinstance(outcome, AccountPending):
        return account_pending()
    if isinstance(outcome, PasskeyRefused):
        return passkey_refused()
    user = get_user(outcome.session.user_id)
    return signed_in_answer(user, outcome, in_cookies=body.cookies)
