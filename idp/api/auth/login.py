"""POST /auth/login: sign in with a password."""

from typing import Any

from flask import Response
from pydantic import AliasChoices, ConfigDict, Field

from idp.accounts.sign_in.limits import TooManyTries
from idp.accounts.sign_in.password import Leaving, Refused, sign_in_with_password
from idp.api.declined import ACCOUNT_DELETING, INVALID_CREDENTIALS, turned_away
from idp.api.fields import Cookies, Line, Password
from idp.api.tokens import SignedIn, replaced, signed_in
from idp.core.errors import RateLimited
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint

api = JsonBlueprint("login_api", __name__, tag="Sign-up and sign-in")
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

    login: Line = Field(validation_alias=AliasChoices(*NAMES))
    password: Password
    remember: bool = False
    cookies: Cookies = False


@api.operation(
    "POST",
    "/auth/login",
    id="login_api_sign_in",
    auth=Auth.NONE,
    body=Login,
    answers={200: SignedIn},
    declines=(INVALID_CREDENTIALS, ACCOUNT_DELETING),
    refusals=(RateLimited,),
)
def sign_in(body: Login) -> Response | Declined | RateLimited:
    """Sign in with a password.

    A wrong password and an unknown account get the same answer.
    """
    outcome = sign_in_with_password(
        login=body.login.strip(),
        password=body.password,
        remember=body.remember,
        replaces=replaced(in_cookies=body.cookies),
    )
    if isinstance(outcome, Refused | Leaving | TooManyTries):
        return turned_away(outcome)
    return signed_in(outcome.started, in_cookies=body.cookies)
