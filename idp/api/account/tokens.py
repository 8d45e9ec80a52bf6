"""/account/tokens: personal access tokens, for scripts of one's own."""

from datetime import datetime

from pydantic import AwareDatetime, Field

from idp.accounts.access.principal import Principal
from idp.accounts.errors import InvalidInput, NotSignedIn
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.oauth.personal_tokens.creation import (
    LONGEST_NAME,
    PersonalTokensOff,
    TooManyTokens,
    WantedToken,
    create_token,
)
from idp.oauth.personal_tokens.registry import (
    ListedToken,
    NoSuchToken,
    list_tokens,
    revoke_token,
)
from idp.oauth.protocol.scopes import ACCOUNT_READ, join
from idp.web.browser.session import session_of
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("personal_tokens_api", __name__, tag="Apps and tokens")
PATH = "/account/tokens"


class PersonalTokenAnswer(Answer):
    """A personal access token, without its text; `prefix` is how that begins.

    `resource` is the API it is for, and `scope` what it may do there, as far as the API
    still has it. `last_used_at` is at most five minutes late.
    """

    __qualname__ = "PersonalToken"  # as the API document calls it

    id: str
    name: str
    prefix: str
    resource: str
    scope: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class CreatedPersonalToken(PersonalTokenAnswer):
    """A new token; `token` is its text, which is told this once."""

    token: str


class NewPersonalToken(Body):
    """A token to be, for some of the scopes of one registered API."""

    name: str = Field(max_length=LONGEST_NAME)
    resource: str = Field(max_length=1024)
    scope: str = Field(max_length=8192)
    expires_at: AwareDatetime | None = Field(
        None, description="At most a year ahead; 90 days where left out"
    )


@api.operation(
    "GET",
    PATH,
    id="personal_tokens_api_show",
    answers={200: list[PersonalTokenAnswer]},
    scope=ACCOUNT_READ,
)
def show(who: Principal) -> list[PersonalTokenAnswer]:
    """List the personal access tokens, the newest first."""
    return [token_answer(token) for token in list_tokens(who.user_id)]


@api.operation(
    "POST",
    PATH,
    id="personal_tokens_api_create",
    body=NewPersonalToken,
    answers={201: CreatedPersonalToken},
    refusals=(
        InvalidInput,
        NotSignedIn,
        PersonalTokensOff,
        ReauthenticationRequired,
        TooManyTokens,
    ),
)
def create(who: Principal, body: NewPersonalToken) -> CreatedPersonalToken:
    """Make a personal access token; its text is told this once.

    The sign-in is at most ten minutes old. The policy `personal_access_tokens` of the
    instance has to be `on`.
    """
    wanted = WantedToken(
        name=body.name,
        resource=body.resource,
        scopes=body.scope.split(),
        expires_at=body.expires_at,
    )
    made = create_token(wanted, session_of(who), requester=this_requester())
    told = token_answer(made.token).model_dump()
    return CreatedPersonalToken(**told, token=made.text)


@api.operation(
    "DELETE",
    f"{PATH}/<token_id>",
    id="personal_tokens_api_revoke",
    answers={204: None},
    refusals=(NoSuchToken,),
)
def revoke(who: Principal, token_id: str) -> None:
    """End a personal access token for good, at once."""
    revoke_token(who.user_id, token_id)


def token_answer(token: ListedToken) -> PersonalTokenAnswer:
    """Return a token as an answer."""
    return PersonalTokenAnswer(
        id=token.id,
        name=token.name,
        prefix=token.prefix,
        resource=token.resource,
        scope=join(token.scopes),
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )
