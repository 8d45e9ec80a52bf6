"""/auth/accounts: the accounts of this browser, and which of them is active."""

from http import HTTPStatus

from flask import Response

from idp.accounts.access.principal import Principal
from idp.accounts.errors import NotSignedIn
from idp.accounts.sessions.beside import SwitchedMeanwhile
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.switch import switch_account
from idp.core.errors import IdpError
from idp.web.browser.accounts import browser_sessions, switch_browser
from idp.web.browser.session import get_session
from idp.web.json.models import Answer, Body
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("browser_accounts_api", __name__, tag="Tokens and session")
PATH = "/auth/accounts"


class NoSuchAccount(IdpError):
    """An account that is not, or no longer, signed in with this browser."""

    code = "no_such_account"
    status = HTTPStatus.NOT_FOUND
    title = "That account is not signed in here."


class BrowserAccount(Answer):
    """An account that is signed in with this browser; one is `active`."""

    id: str
    email: str
    name: str | None
    active: bool


class BrowserAccounts(Answer):
    """Who is signed in with this browser, the active account first."""

    accounts: list[BrowserAccount]


class ChosenAccount(Body):
    """The account to go on with, by its id."""

    account: str


@api.operation(
    "GET",
    PATH,
    id="browser_accounts_api_list",
    answers={200: BrowserAccounts},
    before_enrolment=True,
)
def show(who: Principal) -> BrowserAccounts:
    """List the accounts of this browser; of a token, which has none, nobody."""
    return _answer(browser_sessions() if who.by_cookie else (), active_id=who.user_id)


@api.operation(
    "POST",
    f"{PATH}/switch",
    id="browser_accounts_api_switch",
    body=ChosenAccount,
    answers={200: BrowserAccounts},
    refusals=(NoSuchAccount, SwitchedMeanwhile),
    before_enrolment=True,
)
def switch(who: Principal, body: ChosenAccount) -> Response:
    """Go on as another account of this browser, which gets new cookies.

    Its CSRF token is new, and what is due of its user stays due. The refresh cookie of
    the account before goes.
    """
    here = browser_sessions() if who.by_cookie else ()
    chosen = next((live for live in here if live.user_id == body.account), None)
    if chosen is None:
        raise NoSuchAccount
    answer = reply(_answer(here, active_id=chosen.user_id))
    if chosen.user_id == who.user_id:
        return answer
    try:
        switched = switch_account(chosen, leaving=get_session())
    except NotSignedIn as late:
        raise SwitchedMeanwhile from late
    return switch_browser(answer, switched)


def _answer(here: tuple[LiveSession, ...], *, active_id: str) -> BrowserAccounts:
    """Return sessions as accounts, the active one first."""
    listed = [
        BrowserAccount(
            id=live.user_id,
            email=live.email,
            name=live.name,
            active=live.user_id == active_id,
        )
        for live in here
    ]
    return BrowserAccounts(
        accounts=sorted(listed, key=lambda each: each.active, reverse=True)
    )
