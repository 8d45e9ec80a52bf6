"""Signing a browser out: end its session, tell its clients, send it on."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from idp.accounts.sessions.end import UnendedSession, find_unended_session, sign_out
from idp.accounts.sessions.find import LiveSession
from idp.core.randomness import new_token
from idp.federation.sign_out.at_provider import (
    UpstreamLogout,
    find_upstream_logout,
)
from idp.oauth.clients.cache import find_client
from idp.oauth.logout import pending as pending_logouts
from idp.oauth.logout.notices import Frame, frames_of
from idp.oauth.logout.request import LogoutRequest
from idp.oauth.protocol.redirect_uris import origin_of
from idp.web.authorization.error_pages import start_url
from idp.web.browser import session as web_session
from idp.web.browser.accounts import leave_accounts
from idp.web.pages import interaction_page
from idp.web.redirects import protocol_redirect, redirect_to

SIGNED_OUT, CHOOSER = "/logout", "/login/select"
LONGEST_WAIT_SECONDS = 5  # for frames; the script goes on when they have loaded


def complete_logout(live: LiveSession, asked: LogoutRequest) -> Response:
    """End the session and send the browser on without its cookie.

    The session of the hint ends too where it is another. Clients that are told by the
    browser are loaded in frames on a page in between.
    """
    hinted = None if asked.speaks_of(live) else find_unended_session(asked.sid)
    answer = _end_sessions([live, hinted] if hinted else [live], asked)
    return web_session.sign_out_browser(answer)


def sign_out_of_accounts(
    ending: Sequence[LiveSession], asked: LogoutRequest, *, onward: str | None = None
) -> Response:
    """End sessions of this browser, and go on to a path of ours, or as it was asked."""
    answer = _end_sessions(ending, asked, onward=onward)
    return leave_accounts(answer, ending)


def complete_logout_without_session(asked: LogoutRequest) -> Response:
    """End what is left of a sign-in whose browser has no live session any more.

    That is the session of the hint, and the one of a cookie that has run out. Where
    both are over by now there is nothing to end, and the answer is the same.
    """
    found = {
        left.id: left
        for left in (find_unended_session(asked.sid), web_session.session_run_out())
        if left
    }
    return _end_sessions(list(found.values()), asked)


def signed_out_response(
    asked: LogoutRequest, upstream: UpstreamLogout | None = None
) -> Response:
    """Send a browser that is signed out back to the client, or say that it is.

    ``upstream`` is where its user came from, and may sign out too.
    """
    client = find_client(asked.client_id)
    if asked.destination is None:
        return interaction_page(
            "logout/signed_out.html",
            login_url="/login",
            client_name=client.client_name if client else None,
            client_url=start_url(client) if client else None,
            upstream=upstream,
        )
    return protocol_redirect(asked.destination)


def _end_sessions(
    ending: Sequence[LiveSession | UnendedSession],
    asked: LogoutRequest,
    *,
    onward: str | None = None,
) -> Response:
    """End sessions after the answer was rendered: nothing is, once this has written."""
    frames = [frame for session in ending for frame in frames_of(session.id)]
    upstream = find_upstream_logout(session.id for session in ending)
    away = _leave(upstream, onward=onward)
    destination = away.url if away else onward
    if frames:
        answer = _frames_page(frames, asked, onward=destination)
    elif destination:
        answer = redirect_to(destination)
    else:
        answer = signed_out_response(asked, upstream)
    for session in ending:
        sign_out(session, client_id=asked.client_id)
    if away:
        pending_logouts.store(asked, ip=None, request_id=away.state)
    return answer


@dataclass(frozen=True)
class _Away:
    """A browser that goes by way of the provider: it comes back with ``state``."""

    url: str
    state: str


def _leave(upstream: UpstreamLogout | None, *, onward: str | None) -> _Away | None:
    """Return where a browser signs out first, None where an operator wants no such way.

    Who is on the way to something else here goes on with that.
    """
    if upstream is None or not upstream.by_way or onward not in (None, CHOOSER):
        return None
    state = new_token()
    return _Away(upstream.url_with(state), state)


def _frames_page(
    frames: list[Frame], asked: LogoutRequest, *, onward: str | None
) -> Response:
    """Load the clients' pages, unseen, and go on when they have done their part.

    The Refresh header is for browsers without scripts.
    """
    client = find_client(asked.client_id) if asked.destination else None
    destination = onward or asked.destination or SIGNED_OUT
    response = interaction_page(
        "logout/signing_out.html",
        frame_src=" ".join(sorted(filter(None, {origin_of(f.url) for f in frames}))),
        frames=frames,
        destination=destination,
        client_name=client.client_name if client else None,
    )
    response.headers["Refresh"] = f"{LONGEST_WAIT_SECONDS}; url={destination}"
    return response
