"""POST /auth/login: sign in with a password."""

from typing import Any

from flask import Response
from pydantic import AliasChoices, ConfigDict, Field

from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.limits import sign_in_act
from idp.accounts.sign_in.password import METHOD_NOT_ALLOWED
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.accounts.users import get_user
from idp.api.declined import (
    ACCOUNT_DELETING,
    ACCOUNT_PENDING,
    INVALID_CREDENTIALS,
    PROVIDER_REFUSED,
    sign_in_elsewhere,
    sign_in_refused,
)
from idp.api.fields import ChallengeAnswer, Cookies, LoginName, Password
from idp.api.tokens import (
    FactorDue,
    TokensAndUser,
    factor_due_answer,
    signed_in_answer,
    token_request,
)
from idp.api.waiting_identity import IdentityWaits, here_for, waits_answer
from idp.core.errors import IdpError, RateLimited
from idp.federation.sign_in.by_password import sign_in_by_password
from idp.federation.sign_in.enforcement import find_enforced
from idp.federation.sign_in.outcomes import Waits
from idp.security.challenge.guard import ChallengeRequired
from idp.web.callers.challenge import check_body
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint

api = JsonBlueprint("login_api", __name__, tag="Sign-in")
NAMES = ("login", "email", "username")


def _any_name(schema: dict[str, Any]) -> None:
    """Say that the login has three names, of which a body has one."""
    properties = schema["properties"]
    login = properties.pop("login")
    schema["properties"] = dict.fromkeys(NAMES, login) | properties
    schema["required"] = ["password"]
    schema["oneOf"] = [{"required": [name]} for name in NAMES]


class Login(Body):
    """An email address or username under any of three names, and the password."""

    model_config = ConfigDict(json_schema_extra=_any_name)

    login: LoginName = Field(validation_alias=AliasChoices(*NAMES))
    password: Password
    remember: bool = False
    cookies: Cookies = False
    challenge: ChallengeAnswer = None


@api.operation(
    "POST",
    "/auth/login",
    id="login_api_sign_in",
    auth=Auth.NONE,
    body=Login,
    answers={200: TokensAndUser | FactorDue | IdentityWaits},
    declines=(
        INVALID_CREDENTIALS,
        ACCOUNT_DELETING,
        ACCOUNT_PENDING,
        METHOD_NOT_ALLOWED,
        PROVIDER_REFUSED,
    ),
    refusals=(RateLimited, ChallengeRequired, DirectoryAway),
)
def sign_in(body: Login) -> Response | Declined | IdpError:
    """Sign in with a password.

    A wrong password and an unknown account get the same answer. Where a second factor
    is due, the answer is a ticket, and `/auth/login/2fa` goes on with it. So is it for
    the right password of a directory whose user has no account here yet, or has one
    that is not linked: `/auth/login/register` and `/api/auth/external/link` go on.
    """
    login = body.login.strip()
    check_body(sign_in_act, login, answer=body.challenge)
    if find_enforced(login, judged_later=bool(body.password)):
        return sign_in_elsewhere()
    here = here_for(in_cookies=body.cookies)
    outcome = sign_in_by_password(
        login=login,
        password=body.password,
        request=token_request(in_cookies=body.cookies, remember=body.remember),
        here=here,
    )
    if isinstance(outcome, Waits):
        return waits_answer(outcome, here, in_cookies=body.cookies)
    if isinstance(outcome, FactorRequired):
        return factor_due_answer(outcome)
    if not isinstance(outcome, SignedIn):
        return sign_in_refused(outcome)
    user = get_user(outcome.session.user_id)
    return signed_in_answer(user, outcome, in_cookies=body.cookies)
