"""/api/accounts/{user_id}/two-factor and /factor-locks: who cannot show a factor."""

from flask import Response

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.factors import enrolment
from idp.accounts.factors.errors import NoSuchFactor
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.administration import user_acts
from idp.api.renewed_session import is_in_cookies, with_renewed
from idp.web.browser.session import session_of
from idp.web.callers import access
from idp.web.callers.access import NoSuchUser, NotPermitted
from idp.web.callers.requester import this_requester
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("two_factor_api", __name__, tag="Users: accounts")
ONE = "/api/accounts/<user_id>"
REFUSALS = (NoSuchUser, NotPermitted, ReauthenticationRequired)


@api.operation(
    "DELETE",
    f"{ONE}/two-factor",
    id="two_factor_api_reset",
    answers={204: None},
    refusals=(*REFUSALS, NoSuchFactor),
)
def reset(who: Caller, user_id: str) -> Response:
    """Take all second factors from a user; or remove one's own authenticator app.

    Of somebody else, authenticator app, passkeys, recovery codes and trusted browsers
    count no more, all sessions end, and they are mailed.
    """
    user = access.changeable(who, user_id, needs=Permission.FACTORS_RESET)
    if user.id != who.user_id:
        user_acts.reset_factors(user, who=who, held=access.held_by(who))
        return reply(None)
    access.fresh_proof(who)
    live = session_of(who)
    in_cookies = is_in_cookies(live)
    session = enrolment.remove_totp(live, requester=this_requester())
    return with_renewed(reply(None), session) if in_cookies else reply(None)


@api.operation(
    "DELETE",
    f"{ONE}/factor-locks",
    id="two_factor_api_unlock",
    answers={204: None},
    refusals=REFUSALS,
)
def unlock(who: Caller, user_id: str) -> None:
    """Judge codes of a user again at once, after too many wrong ones."""
    user = access.subject_of(who, user_id)
    access.require(who, Permission.FACTORS_RESET, on=user)
    access.fresh_proof(who)
    user_acts.unlock_factors(user, who=who)
