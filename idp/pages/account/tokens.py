"""/account/tokens: personal access tokens, for scripts of one's own."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for

from idp.accounts.errors import InvalidInput
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.core.clock import utcnow
from idp.oauth.personal_tokens.creation import (
    PersonalTokensOff,
    TooManyTokens,
    WantedToken,
    create_token,
)
from idp.oauth.personal_tokens.registry import (
    ListedToken,
    NoSuchToken,
    OfferedApi,
    list_tokens,
    offered_apis,
    revoke_token,
)
from idp.oauth.personal_tokens.use import allowed
from idp.pages.account.navigation import account_page
from idp.pages.account.token_form import NewTokenForm
from idp.pages.authorization.scope_words import scope_words
from idp.pages.forms import ConfirmForm, show_errors
from idp.web.browser.reauth_form import confirm_first, reauth_form_values
from idp.web.browser.session import get_session, login_required
from idp.web.browser.shown_once import show_once, take_shown
from idp.web.callers.requester import this_requester
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("tokens", __name__, url_prefix="/account/tokens")

PATH = "/account/tokens"
NEW = f"{PATH}/new"


@bp.get("")
@login_required
def show_tokens() -> Response:
    """List the tokens."""
    return _list_page(
        revoked="revoked" in request.args,
        too_many=TooManyTokens.code in request.args,
    )


@bp.get("/new")
@login_required
def show_new() -> Response:
    """Ask for which API, and then what the token is to be."""
    live = get_session()
    if not allowed():
        return redirect_to(PATH)
    typed = reauth_form_values(live)
    resource = typed.get("resource") or request.args.get("resource")
    api = _chosen(resource)
    if api is None:
        return account_page(
            "account/token_api.html", live, apis=offered_apis(), missing=resource
        )
    scopes = typed.pop("scope", "").split()
    form = NewTokenForm.of(api, formdata=None, data=typed | {"scope": scopes})
    return _new_page(api, form, returned=bool(typed))


@bp.post("/new")
@login_required
def submit_new() -> Response:
    """Make a token, and lead to where it is shown, this once."""
    live, api = get_session(), _chosen(request.form.get("resource", ""))
    if api is None:
        return redirect_to(NEW)
    form = NewTokenForm.of(api)
    if not form.validate():
        return _new_page(api, form)
    try:
        made = create_token(_wanted(form), live, requester=this_requester())
    except ReauthenticationRequired:
        return confirm_first(live, NEW, **form.kept())
    except (PersonalTokensOff, TooManyTokens) as refusal:
        undo()
        return redirect_to(f"{PATH}?{refusal.code}=1")
    except InvalidInput as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _new_page(api, form)
    return show_once(f"{PATH}/{made.token.id}/made", text=made.text)


@bp.get("/<segment:token_id>/made")
@login_required
def show_made(token_id: str) -> Response:
    """Show the token that was just made, for the only time."""
    live, shown = get_session(), take_shown()
    listed = (each for each in list_tokens(live.user_id) if each.id == token_id)
    token = next(listed, None)
    if shown is None or token is None:
        return redirect_to(PATH)
    return account_page(
        "account/token_made.html", live, token=token, text=shown["text"]
    )


@bp.post("/<segment:token_id>/revoke")
@login_required
def submit_revoke(token_id: str) -> Response:
    """End a token; one that has ended stays so."""
    with suppress(NoSuchToken):
        revoke_token(get_session().user_id, token_id)
    return redirect_to(f"{PATH}?revoked=1")


def _list_page(**said: bool) -> Response:
    """Render the list."""
    live = get_session()
    apis = {api.identifier: api for api in offered_apis()}
    return account_page(
        "account/tokens.html",
        live,
        form=ConfirmForm(),
        tokens=[_shown(token, apis) for token in list_tokens(live.user_id)],
        allowed=allowed(),
        offered=bool(apis),
        **said,
    )


def _new_page(
    api: OfferedApi, form: NewTokenForm, *, returned: bool = False
) -> Response:
    """Render the form."""
    others = len(offered_apis()) > 1
    return account_page(
        "account/token_new.html",
        get_session(),
        api=api,
        form=form,
        returned=returned,
        other_url=url_for(".show_new") if others else None,
    )


def _wanted(form: NewTokenForm) -> WantedToken:
    """Return what a form asks for."""
    return WantedToken(
        name=form.name.data or "",
        resource=form.resource.data or "",
        scopes=form.scope.data or (),
        expires_at=utcnow() + timedelta(days=int(form.days.data)),
    )


def _chosen(resource: str | None) -> OfferedApi | None:
    """Return the API that is meant, or the only one where none is named."""
    apis = offered_apis()
    if resource is None and len(apis) == 1:
        return apis[0]
    return next((api for api in apis if api.identifier == resource), None)


def _shown(token: ListedToken, apis: dict[str, OfferedApi]) -> dict[str, Any]:
    """Return one entry of the list."""
    api = apis.get(token.resource)
    return {
        "token": token,
        "scope": [scope_words(api.scopes, name) for name in token.scopes]
        if api
        else [],
    }
