"""The server-side relying party: every step a plain form, no JavaScript."""

from typing import Final

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from idp.demo.config import DemoConfig
from idp.demo.experiments import EXPERIMENTS, Experiment
from idp.demo.id_tokens import decoded
from idp.demo.relying_party import Attempt, RefusedError, RelyingParty, url_with
from idp.demo.sessions import SessionStore, WebSession
from idp.demo.sign_in import Pending, finish, refreshed, with_userinfo

bp = Blueprint("web", __name__, url_prefix="/web")

SCOPE: Final = "openid profile email"


@bp.get("")
def home() -> ResponseReturnValue:
    """Show who is signed in, the tokens, and every request so far."""
    session = _current_session()
    return render_template(
        "web.html",
        session=session,
        notice=session.take_notice(),
        experiments=EXPERIMENTS.values(),
        decoded=decoded,
    )


@bp.post("/sign-in")
def begin() -> ResponseReturnValue:
    """Begin an honest sign-in."""
    scope = SCOPE + (" offline_access" if "offline_access" in request.form else "")
    return _send_to_issuer(scope=scope, experiment=None)


@bp.post("/break/<name>")
def break_it(name: str) -> ResponseReturnValue:
    """Begin a sign-in with one fault in it."""
    if name not in EXPERIMENTS:
        return redirect("/web", code=303)
    return _send_to_issuer(scope=SCOPE, experiment=EXPERIMENTS[name])


@bp.get("/callback")
def callback() -> ResponseReturnValue:
    """Finish a sign-in with the issuer's answer, or show why not."""
    session = _current_session()
    session.journal.note_browser(request.url)
    pending = session.take(request.args.get("state", ""))
    if pending is None:
        unknown = RefusedError(
            error="state_mismatch",
            description="This browser began no sign-in with that state, "
            "or its answer was used before.",
        )
        return _refusal_page(unknown, experiment=session.last_experiment)
    party = _relying_party(session)
    try:
        session.signed_in = finish(pending, party=party, answer=request.args)
    except RefusedError as refusal:
        return _refusal_page(refusal, experiment=pending.experiment)
    _sessions().renew(session)
    return redirect("/web", code=303)


@bp.post("/userinfo")
def userinfo() -> ResponseReturnValue:
    """Ask the userinfo endpoint, and keep the answer for the page."""
    session = _current_session()
    if session.signed_in is None:
        return redirect("/web", code=303)
    session.signed_in = with_userinfo(session.signed_in, party=_relying_party(session))
    return redirect("/web#userinfo-answer", code=303)


@bp.post("/refresh")
def refresh() -> ResponseReturnValue:
    """Exchange the refresh token for new tokens."""
    session = _current_session()
    if session.signed_in is None or session.signed_in.tokens.refresh_token is None:
        return redirect("/web", code=303)
    session.signed_in = refreshed(session.signed_in, party=_relying_party(session))
    session.notice = "refreshed"
    return redirect("/web", code=303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Forget the tokens, then end the session at the issuer if it offers that.

    OIDC RP-Initiated Logout §2, at the address that discovery announces.
    """
    session = _current_session()
    signed_in, session.signed_in = session.signed_in, None
    if signed_in is None:
        return redirect("/web", code=303)
    endpoint = signed_in.provider.end_session_endpoint
    if endpoint is None:
        session.notice = "signed-out-here"
        return redirect("/web", code=303)
    parameters = {
        "id_token_hint": signed_in.tokens.id_token or "",
        "client_id": config().web_client_id,
        "post_logout_redirect_uri": f"{config().base_url}/",
    }
    return _redirect_noted(session, url_with(endpoint, parameters))


@bp.errorhandler(RefusedError)
def refused(refusal: RefusedError) -> ResponseReturnValue:
    """Show a refusal that no route explains better."""
    return _refusal_page(refusal, experiment=None)


def config() -> DemoConfig:
    """Give this app's configuration."""
    found: DemoConfig = current_app.extensions["demo_config"]
    return found


def _refusal_page(
    refusal: RefusedError, *, experiment: Experiment | None
) -> ResponseReturnValue:
    """Render what was refused, beside what the experiment promised."""
    page = render_template(
        "refused.html",
        refusal=refusal,
        experiment=experiment,
        session=_current_session(),
    )
    return page, 400


def _sessions() -> SessionStore:
    """Give this app's sessions."""
    found: SessionStore = current_app.extensions["demo_sessions"]
    return found


def _current_session() -> WebSession:
    """Give the session of the browser that asks."""
    return _sessions().current()


def _relying_party(session: WebSession) -> RelyingParty:
    """Build the client; its requests go into this session's journal."""
    return RelyingParty(
        issuer=config().issuer,
        client_id=config().web_client_id,
        client_secret=config().web_client_secret,
        redirect_uri=f"{config().base_url}/web/callback",
        journal=session.journal,
    )


def _send_to_issuer(
    *, scope: str, experiment: Experiment | None
) -> ResponseReturnValue:
    session = _current_session()
    party = _relying_party(session)
    pending = Pending(
        attempt=Attempt(), provider=party.discover(), experiment=experiment
    )
    session.begin(pending)
    parameters = party.authorization_request(pending.attempt, scope=scope)
    if experiment is not None:
        parameters = experiment.spoil(parameters)
    url = url_with(pending.provider.authorization_endpoint, parameters)
    return _redirect_noted(session, url)


def _redirect_noted(session: WebSession, url: str) -> ResponseReturnValue:
    session.journal.note_browser(url)
    return redirect(url, code=303)
