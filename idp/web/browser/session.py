"""The bridge between the session cookie and the sessions in the database."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlencode

from flask import Response, g, request
from flask.typing import ResponseReturnValue

from idp.accounts.access.principal import Principal
from idp.accounts.errors import NotSignedIn
from idp.accounts.factors.trusted_browsers import GivenTrust
from idp.accounts.sessions.beside import Beside
from idp.accounts.sessions.end import UnendedSession, find_unended_by_cookie
from idp.accounts.sessions.find import (
    LiveSession,
    find_by_cookie,
    get_live_session,
)
from idp.accounts.sessions.lifetimes import TOUCH_AFTER, touch_session
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.sign_in import pending
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.pending import FactorRequired, HalfSignIn
from idp.accounts.sign_in.stage_policies import (
    enrolment_deadline,
    must_enrol,
    policy_for,
)
from idp.accounts.sign_in.stages import Due, Stage, next_stage, stage_url
from idp.accounts.terms.acceptance import due_of
from idp.core.clock import utcnow
from idp.core.randomness import digest
from idp.oauth.authorization import pending as pending_requests
from idp.organizations.contexts.policies import context_of_session
from idp.web.browser import refresh_cookie
from idp.web.browser.cookies import (
    browser_digests,
    cookie_names,
    device_token,
    drop_cookie,
    keep_device,
    session_token,
    set_cookie,
    step_token,
    trust_token,
)
from idp.web.browser.further import forget_further, further_sessions, keep_further
from idp.web.callers.requester import this_requester
from idp.web.redirects import redirect_to

P = ParamSpec("P")
# What a user may open whose password another has seen: a new one, and what it takes.
BEFORE_PASSWORD = (Stage.PASSWORD.value, "/account/confirm")
# What a user may open who has to accept the terms: those, and their own data.
BEFORE_TERMS = (Stage.TERMS.value, "/account/confirm", "/account/data")
# What a user may open who has to set up a second factor: that, and their own data.
BEFORE_ENROLMENT = (
    Stage.ENROLMENT.value,
    "/account/confirm",
    "/account/data",
    "/account/passkeys",
    "/account/recovery-codes",
    "/account/totp",
)


def current_session() -> LiveSession | None:
    """Return this browser's live session: one SELECT, and none without a cookie."""
    if "live_session" not in g:
        token = session_token()
        g.live_session = find_by_cookie(digest(token)) if token else None
        g.user_locale = g.live_session.locale if g.live_session else None
        g.user_zone = g.live_session.zoneinfo if g.live_session else None
    found: LiveSession | None = g.live_session
    return found


def session_run_out() -> UnendedSession | None:
    """Return the session of this browser's cookie that nobody ended, live or not."""
    token = session_token()
    return find_unended_by_cookie(digest(token)) if token else None


def record_use() -> None:
    """Note that the session of a page is in use, if this request looked it up."""
    live: LiveSession | None = g.get("live_session")
    if live and request.method == "GET" and _is_old(live):
        touch_session(live)


def note_use(live: LiveSession) -> None:
    """Note the same of a session of another account, which no page has looked up."""
    if live != g.get("live_session") and _is_old(live):
        touch_session(live)


def forget_session() -> None:
    """Have the session looked up again: it is not any more what it was."""
    g.pop("live_session", None)
    forget_further()


def session_principal() -> Principal | None:
    """Return who is signed in by the session cookie, else None."""
    live = current_session()
    if live is None:
        return None
    return Principal(
        user_id=live.user_id,
        session_id=live.id,
        auth_time=live.auth_time,
        must_change_password=live.must_change_password,
        organization_id=context_of_session(live),
    )


def session_of(who: Principal) -> LiveSession:
    """Return the session behind a caller of the JSON API; raises NotSignedIn."""
    return get_session() if who.by_cookie else get_live_session(who.session_id)


def get_session() -> LiveSession:
    """Return this browser's live session, which ``login_required`` has seen."""
    found = current_session()
    if found is None:
        raise NotSignedIn
    return found


def session_request(
    *, remember: bool = False, trust: bool = False, adds: bool = True
) -> SessionRequest:
    """Return where a session begins that this browser asks for.

    One that ``adds`` leaves the account that was active to switch back to. A cookie
    that opens nothing adds nothing: another tab may have switched, whose cookies hold.
    """
    active = current_session()
    adds = adds and (active is not None or session_token() is None)
    return SessionRequest(
        active=active,
        beside=further_sessions(active),
        adds=adds,
        device_token=device_token(),
        trust_token=trust_token(),
        trust=trust,
        remember=remember,
        requester=this_requester(),
    )


def sign_in_browser(response: Response, signed_in: SignedIn) -> Response:
    """Apply a sign-in to the answer: nothing of the browser's earlier session stays.

    The requests that waited for it, in every tab, are the new session's. Unless the
    user chose to stay signed in, the cookie ends with the browser.
    """
    session = signed_in.session
    send_session(response, session, token=session.token)
    drop_cookie(response, cookie_names().pre_session)
    _drop_step(response)
    if session.beside is not None:
        _keep_beside(response, session.beside)
    g.signed_in_now = True
    if signed_in.device_token:
        keep_device(response, signed_in.device_token)
    if signed_in.trust:
        _keep_trust(response, signed_in.trust)
    return response


def wait_in_browser(response: Response, waits: FactorRequired) -> Response:
    """Have this browser keep half a sign-in, until its second factor is shown."""
    if waits.step_token:
        seconds = int((waits.expires_at - utcnow()).total_seconds())
        name = cookie_names().step
        set_cookie(response, name, value=waits.step_token, max_age=seconds)
    if waits.device_token:
        keep_device(response, waits.device_token)
    return response


def find_half_sign_in() -> HalfSignIn | None:
    """Return the sign-in that waits in this browser for its second factor."""
    return pending.find_by_browser(step_token())


def sign_out_browser(response: Response) -> Response:
    """Remove the cookie of a session that ended."""
    drop_cookie(response, cookie_names().session)
    drop_cookie(response, cookie_names().pre_session)
    g.live_session = None
    return response


def sign_out_user(response: Response, user_id: str) -> Response:
    """Do so where the session was this user's, or is over; another's stays."""
    live = current_session()
    if live and live.user_id != user_id:
        return response
    return sign_out_browser(response)


def send_session(response: Response, session: LiveSession, *, token: str) -> None:
    """Send the session cookie, and give its session what waits in this browser."""
    pending_requests.rebind(browser_digests(), new_browser=digest(token))
    seconds = int((session.expires_at - utcnow()).total_seconds())
    set_cookie(
        response,
        cookie_names().session,
        value=token,
        max_age=seconds if session.remember else None,
    )


def continue_url(live: LiveSession, return_to: str) -> str:
    """Return the page of what this user must do next, or ``return_to``."""
    due = next_stage(live, live.proven, policy=policy_for(live))
    return stage_url(due.stage, return_to) if isinstance(due, Due) else return_to


def url_after_sign_in(live: LiveSession, return_to: str) -> str:
    """Return the same, by way of a reminder of the factor that will be required."""
    onward = continue_url(live, return_to)
    reminds = onward == return_to and enrolment_deadline(live)
    return stage_url(Stage.ENROLMENT, return_to) if reminds else onward


def login_required(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Let a view run for who is signed in; lead others to the sign-in page and back.

    Who still has a password that was handed out sets an own one first, who has not
    accepted the terms does that, and who must have a second factor that.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        live = current_session()
        if live is None:
            query = urlencode({"return_to": this_page()})
            return redirect_to(f"/login?{query}")
        first = _first_stage(live)
        if first:
            return redirect_to(stage_url(first, this_page()))
        return view(*args, **kwargs)

    return guarded


def this_page() -> str:
    """Return the path to come back to: a form's page when the form was posted."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


def _is_old(live: LiveSession) -> bool:
    """Tell whether it was noted long enough ago that a session is in use."""
    return utcnow() - live.last_seen_at >= TOUCH_AFTER


def _keep_beside(response: Response, beside: Sequence[Beside]) -> None:
    """Keep the sessions of other accounts; the token of the active one's is theirs."""
    before, kept = current_session(), [each.session for each in beside]
    tokens = {each.session.id: each.token for each in beside}
    keep_further(response, kept, new_tokens=tokens)
    if before and before in kept:
        refresh_cookie.drop_sent(response)


def _keep_trust(response: Response, trust: GivenTrust) -> None:
    """Send the cookie of a browser that its user trusts."""
    seconds = int((trust.expires_at - utcnow()).total_seconds())
    name = cookie_names().trust
    set_cookie(response, name, value=trust.token, max_age=seconds)


def _first_stage(live: LiveSession) -> Stage | None:
    """Return what a user does before this page is for them."""
    if live.must_change_password:
        return None if _is_under(BEFORE_PASSWORD) else Stage.PASSWORD
    if not _is_under(BEFORE_TERMS) and due_of(live.user_id):
        return Stage.TERMS
    spared = _is_under(BEFORE_ENROLMENT)
    return None if spared or not must_enrol(live) else Stage.ENROLMENT


def _is_under(paths: Iterable[str]) -> bool:
    """Tell whether this page is one of these, or belongs to one."""
    return any(
        request.path == path or request.path.startswith(f"{path}/") for path in paths
    )


def _drop_step(response: Response) -> None:
    """Remove the cookie of half a sign-in, if this browser has one."""
    if cookie_names().step in request.cookies:
        drop_cookie(response, cookie_names().step)
