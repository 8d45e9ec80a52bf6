"""/account/confirm: prove once more who one is, in the session that one has."""

from typing import Any, Literal

from flask import Response

from idp.accounts.access.principal import Principal
from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.proofs import Method
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.reauthentication import (
    ReauthenticationRequired,
    WrongPassword,
    confirm,
    methods_of,
)
from idp.accounts.sign_in.second_factor.passkey import begin_to_prove
from idp.accounts.sign_in.second_factor.step_up import (
    step_up_by_code,
    step_up_by_passkey,
)
from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.accounts.users import get_user
from idp.api.auth.passkey import CREDENTIAL, TICKET, PasskeyOptions
from idp.api.declined import (
    CODE_INVALID,
    PASSKEY_REFUSED,
    WRONG_PASSWORD,
    code_invalid,
    passkey_refused,
    wrong_password,
)
from idp.api.fields import FactorCode, Password
from idp.api.renewed_session import is_in_cookies
from idp.api.tokens import TokensAndUser, signed_in_answer
from idp.core.errors import RateLimited
from idp.oauth.clients.account_client import is_other_client
from idp.web.browser.session import session_of
from idp.web.callers.requester import this_requester
from idp.web.json.models import Body
from idp.web.json.routes import Declined, JsonBlueprint

api = JsonBlueprint("reauthentication_api", __name__, tag="Two-step sign-in")
PATH = "/account/confirm"


class PasswordProof(Body):
    """The password of who has no second factor."""

    password: Password


class CodeProof(Body):
    """A code of a second factor."""

    method: Literal["totp", "recovery_code"]
    code: FactorCode


class PasskeyProof(Body):
    """What a passkey has signed."""

    ticket: str = TICKET
    credential: dict[str, Any] = CREDENTIAL


Shown = PasswordProof | CodeProof | PasskeyProof


@api.operation(
    "POST",
    f"{PATH}/options",
    id="reauthentication_api_options",
    answers={200: PasskeyOptions},
    refusals=(ReauthenticationRequired,),
    before_password_change=True,
    before_enrolment=True,
)
def options(who: Principal) -> PasskeyOptions:
    """Begin to confirm with a passkey; the answer holds for five minutes."""
    live = _own_session(who)
    ticket, asked = begin_to_prove(live.user_id, bound_to=live.id)
    return PasskeyOptions(ticket=ticket, options=asked)


@api.operation(
    "POST",
    PATH,
    id="reauthentication_api_confirm",
    body=Shown,
    answers={200: TokensAndUser},
    declines=(WRONG_PASSWORD, CODE_INVALID, PASSKEY_REFUSED),
    refusals=(ReauthenticationRequired, RateLimited, DirectoryAway),
    before_password_change=True,
    before_enrolment=True,
)
def confirm_it(who: Principal, body: Shown) -> Response | Declined:
    """Confirm who is signed in, which holds for ten minutes.

    A password is enough for a user without a second factor. The session goes on with
    new tokens, in cookies mode with new cookies; those from before are void. An app
    asks at the authorization endpoint instead.
    """
    live = _own_session(who)
    in_cookies = is_in_cookies(live)
    outcome = _renewed(live, body, in_cookies=in_cookies)
    if isinstance(outcome, SignedIn):
        user = get_user(live.user_id)
        return signed_in_answer(user, outcome, in_cookies=in_cookies)
    if isinstance(outcome, WrongPassword):
        return wrong_password()
    return code_invalid() if isinstance(outcome, WrongCode) else passkey_refused()


def _own_session(who: Principal) -> LiveSession:
    """Return the session that a caller may renew: none of an app's."""
    if is_other_client(who.client_id):
        raise ReauthenticationRequired(methods_of(get_user(who.user_id)))
    return session_of(who)


def _renewed(
    live: LiveSession,
    body: Shown,
    *,
    in_cookies: bool,
) -> SignedIn | WrongPassword | WrongCode | None:
    """Judge what a caller shows."""
    requester = this_requester()
    if isinstance(body, PasswordProof):
        password = body.password
        return confirm(
            live, password=password, requester=requester, in_cookies=in_cookies
        )
    if isinstance(body, CodeProof):
        return step_up_by_code(
            live,
            Method(body.method),
            code=body.code,
            requester=requester,
            in_cookies=in_cookies,
        )
    return step_up_by_passkey(
        live,
        body.credential,
        ticket=body.ticket,
        requester=requester,
        in_cookies=in_cookies,
    )
