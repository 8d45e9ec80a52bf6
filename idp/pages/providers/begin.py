"""/login/provider: send a browser to another provider, to sign in there."""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, Response, request

from idp.accounts.policies.ways import SoleProvider
from idp.federation.providers.offered import find_offered
from idp.federation.providers.provider import Provider
from idp.federation.sign_in.begin import begin
from idp.federation.sign_in.outcomes import Visit
from idp.federation.sign_in.requests import Ahead
from idp.federation.upstream.authorization import Asked
from idp.federation.upstream.errors import UpstreamAway, UpstreamError
from idp.oauth.protocol.prompt import Prompt
from idp.pages.continuation import Continuation, read_continuation
from idp.pages.providers.outcome import outcome_response
from idp.web.browser.cookies import away_token, keep_provider
from idp.web.browser.session import session_request
from idp.web.callers.requester import this_requester
from idp.web.http.probes import is_probe
from idp.web.redirects import redirect_to

PATH, STRAIGHT = "/login/provider", "/login/with"
PASSED_ON = (Prompt.LOGIN, Prompt.SELECT_ACCOUNT)

bp = Blueprint("provider_begin", __name__)


@bp.post(PATH)
def submit_provider() -> Response:
    """Go to the provider whose button was pressed."""
    return _go(request.form.get("provider", ""), status=HTTPStatus.SEE_OTHER)


@bp.get(f"{STRAIGHT}/<provider_id>")
def show_provider(provider_id: str) -> Response:
    """Go to a provider that an app, or a link, has named."""
    if is_probe():
        return redirect_to("/login")
    return _go(provider_id, status=HTTPStatus.FOUND)


def send_who_signs_in(
    provider: Provider, ahead: Continuation, *, login: str
) -> Response:
    """Send a browser whose user has said who they are."""
    onward = Ahead(ahead.return_to, ahead.form_continue["request"])
    asked = replace(_asked(provider, ahead), login_hint=login)
    return send_to(provider, onward, asked=asked)


def send_who_was_refused(provider: Provider, ahead: Continuation) -> Response:
    """Send a browser whose password was looked at, which is to be written first."""
    path = f"{STRAIGHT}/{provider.id}"
    return redirect_to(ahead.url(path, **ahead.copy_to_send))


def sent_to_sole(sole: SoleProvider, ahead: Continuation) -> Response:
    """Send a browser whose user has shown who they are to their only way in."""
    return redirect_to(ahead.url(sole.path, **ahead.copy_to_send))


def send_to(
    provider: Provider,
    ahead: Ahead,
    *,
    asked: Asked,
    status: HTTPStatus = HTTPStatus.SEE_OTHER,
    user_id: str | None = None,
) -> Response:
    """Send this browser to a provider, or say that it is away."""
    browser = away_token()
    try:
        url = begin(
            provider,
            browser=browser,
            ahead=ahead,
            requester=this_requester(),
            asked=asked,
            user_id=user_id,
        )
    except UpstreamError as error:
        away = isinstance(error, UpstreamAway)
        visit = Visit(provider, ahead, session_request())
        return outcome_response(visit.decline(error.reason, away=away))
    return keep_provider(redirect_to(url, status=status), browser)


def _go(provider_id: str, *, status: HTTPStatus) -> Response:
    """Send the browser; where there is no such provider, to the sign-in page."""
    ahead, provider = read_continuation(), find_offered(provider_id)
    if provider is None or not ahead.provider_allowed:
        return redirect_to(ahead.url("/login", **ahead.copy_to_send))
    onward = Ahead(ahead.return_to, ahead.form_continue["request"])
    return send_to(provider, onward, asked=_asked(provider, ahead), status=status)


def _asked(provider: Provider, ahead: Continuation) -> Asked:
    """Return what the request behind a page has a provider asked for."""
    context = ahead.context
    if context is None:
        return Asked()
    prompts = [prompt for prompt in PASSED_ON if prompt in context.prompts]
    if context.reauthenticate and Prompt.LOGIN not in prompts and not context.max_age:
        prompts.insert(0, Prompt.LOGIN)
    levels = {ours: theirs for theirs, ours in provider.acr.items()}
    wanted = [levels[value] for value in context.acr.values if value in levels]
    return Asked(
        prompt=prompts[0].value if prompts else None,
        max_age=context.max_age,
        login_hint=context.login_hint,
        ui_locales=" ".join(context.ui_locales) or None,
        acr_values=" ".join(wanted) or None,
    )
