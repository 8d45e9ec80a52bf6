"""/api/accounts/{user_id}/tokens: the personal access tokens of a user, for helpers."""

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.administration import user_acts
from idp.api.account.tokens import PersonalTokenAnswer, token_answer
from idp.oauth.personal_tokens.registry import NoSuchToken, list_tokens
from idp.web.callers import access
from idp.web.callers.access import NoSuchUser, NotPermitted
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("tokens_of_users_api", __name__, tag="Users: accounts")
PATH = "/api/accounts/<user_id>/tokens"


@api.operation(
    "GET",
    PATH,
    id="tokens_of_users_api_show",
    answers={200: list[PersonalTokenAnswer]},
    refusals=(NoSuchUser,),
)
def show(who: Caller, user_id: str) -> list[PersonalTokenAnswer]:
    """List the personal access tokens of a user, the newest first."""
    user = access.subject_of(who, user_id)
    return [token_answer(token) for token in list_tokens(user.id)]


@api.operation(
    "DELETE",
    f"{PATH}/<token_id>",
    id="tokens_of_users_api_revoke",
    answers={204: None},
    refusals=(NoSuchUser, NoSuchToken, NotPermitted, ReauthenticationRequired),
)
def revoke(who: Caller, *, user_id: str, token_id: str) -> None:
    """End a personal access token of a user for good, at once."""
    user = access.changeable(who, user_id, needs=Permission.SESSIONS_END)
    user_acts.revoke_token(user, token_id, who=who)
