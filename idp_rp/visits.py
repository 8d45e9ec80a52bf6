"""The two routes that browsers visit: out to the issuer, and back from it."""

import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from html import escape
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from idp_rp.cookies import CookieChanges, set_cookies
from idp_rp.messages import BffAnswer, BffRequest, Refused, page_answer, redirect_answer
from idp_rp.oidc.sign_in import IssuerRefused, SignIn, Start, WrongAnswer
from idp_rp.oidc.token_endpoint import TokenEndpoint, TokenRefused
from idp_rp.outbound import Unreachable
from idp_rp.proxy.paths import UnsafePath, local_path
from idp_rp.sealing import Sealer
from idp_rp.sessions.keeper import SessionKeeper
from idp_rp.sessions.sealed import TooLargeForCookies
from idp_rp.sessions.session import Session
from idp_rp.settings import BffSettings

log = logging.getLogger("idp_rp")
# Tabs that sign in at the same time do not get in each other's way, nor do all
# together fill the header that servers take, often 8 KB.
MOST_STARTS: Final = 5
MOST_START_BYTES: Final = 4096
ERROR_CODE: Final = re.compile(r"[a-z_]{1,40}")
PAGE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<h1>{title}</h1>
<p>{text}</p>
<p><a href="{login}">Sign in</a> or <a href="/">go to the start page</a></p>
</html>
"""


class Visits:
    """Starts and ends of sign-ins."""

    def __init__(
        self,
        settings: BffSettings,
        *,
        sign_in: SignIn,
        tokens: TokenEndpoint,
        keeper: SessionKeeper,
        now: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._sign_in = sign_in
        self._tokens = tokens
        self._keeper = keeper
        self._now = now
        self._sealer = Sealer(settings.keys, purpose="start of a sign-in")

    def begin(self, request: BffRequest) -> BffAnswer:
        """Send the browser to the issuer, and remember in it what it asked for."""
        held = self._keeper.find(request.cookies)
        start = Start(
            return_to=self._return_to(request),
            ends_at=self._now() + self._settings.start_seconds,
            replaces=held.key if held else None,
        )
        try:
            url = self._sign_in.url(start)
        except Unreachable as error:
            return self._unreachable(error)
        own = {self._name_of(start.state): self._sealer.seal(start.dump())}
        gone = dict.fromkeys(self._surplus(request.cookies, own))
        return redirect_answer(url).adding(*self._set({**gone, **own}))

    def finish(self, request: BffRequest) -> BffAnswer:
        """Take the browser back: of one start, one session, in the same browser."""
        try:
            start = self._start_of(request)
        except Refused as error:
            return self._page(error)
        done = self._set({self._name_of(start.state): None})
        return self._completed(start, request).adding(*done)

    def _completed(self, start: Start, request: BffRequest) -> BffAnswer:
        try:
            session = self._sign_in.finish(start, request.parameters, now=self._now())
            changes = self._keeper.begin(session, request.cookies)
        except IssuerRefused as error:
            return redirect_answer(self._told_of(error.error, start.return_to))
        except (WrongAnswer, TokenRefused) as error:
            log.warning("A sign-in failed: %s", error)
            return self._page(Refused(400, "sign_in_failed"))
        except Unreachable as error:
            return self._unreachable(error)
        except TooLargeForCookies:
            log.exception("A session does not fit into cookies: give the Bff a store")
            return self._page(Refused(500, "sign_in_failed"))
        if changes is None:
            self._revoke(session)
            return self._page(Refused(400, "sign_in_ended"))
        self._end_replaced(start, request, by=session)
        own = set_cookies(changes, secure=self._settings.secure, same_site="Strict")
        return redirect_answer(self._settings.base_url + start.return_to).adding(*own)

    def _end_replaced(self, start: Start, request: BffRequest, *, by: Session) -> None:
        """End the session that was here before.

        An id that somebody planted before the sign-in is worth nothing after it. Its
        refresh token is revoked unless it may be of the same session at the issuer:
        many end with one token all that the client has there, the new ones too.
        """
        came = self._keeper.find(request.cookies)
        known = self._keeper.load(start.replaces) if start.replaces else None
        for held in {held.key: held for held in (came, known) if held}.values():
            self._keeper.end(held.key)
            if _are_apart(held.session, by):
                self._revoke(held.session)

    def _revoke(self, session: Session) -> None:
        if session.refresh_token:
            self._tokens.revoke(session.refresh_token)

    def _surplus(
        self, cookies: Mapping[str, str], own: Mapping[str, str]
    ) -> Iterable[str]:
        """Return the earlier starts, where there is no room for them beside it."""
        begun = {k: v for k, v in cookies.items() if k.startswith(self._start_name)}
        together = {**begun, **own}.items()
        size = sum(len(f"{name}={value}; ") for name, value in together)
        fits = len(together) <= MOST_STARTS and size <= MOST_START_BYTES
        return () if fits else begun

    def _return_to(self, request: BffRequest) -> str:
        """Return where the browser goes in the end: a path of this app."""
        wanted = request.parameters.get("return_to", "/")
        try:
            path = local_path(wanted)
        except UnsafePath as error:
            raise Refused(400, "unsafe_return_to", why=str(error)) from error
        if f"{path}/".startswith(f"{self._settings.prefix}/"):
            raise Refused(400, "unsafe_return_to", why="a route of the BFF")
        return path

    def _start_of(self, request: BffRequest) -> Start:
        """Find the start that this browser has for a state, and spend it."""
        state = request.parameters.get("state", "")
        opened = self._sealer.open(request.cookies.get(self._name_of(state), ""))
        start = Start.load(opened) if opened else None
        if start is None or start.state != state or start.ends_at <= self._now():
            raise Refused(400, "sign_in_expired")
        name = f"start {self._name_of(state)}"
        if not self._keeper.once(name, seconds=self._settings.start_seconds):
            raise Refused(400, "sign_in_used")
        return start

    @property
    def _start_name(self) -> str:
        return f"{self._settings.cookie_name}-start-"

    def _name_of(self, state: str) -> str:
        return self._start_name + hashlib.sha256(state.encode()).hexdigest()[:32]

    def _told_of(self, error: str, return_to: str) -> str:
        """Return where the page learns why nobody is signed in."""
        code = error if ERROR_CODE.fullmatch(error) else "server_error"
        parts = urlsplit(return_to)
        query = "&".join(filter(None, [parts.query, urlencode({"bff_error": code})]))
        return self._settings.base_url + urlunsplit(parts._replace(query=query))

    def _unreachable(self, error: Unreachable) -> BffAnswer:
        log.warning("The issuer gave no usable answer: %s", error)
        return self._page(Refused(HTTPStatus.BAD_GATEWAY, "issuer_unreachable"))

    def _page(self, refused: Refused) -> BffAnswer:
        title, text = WORDS.get(refused.error, WORDS["sign_in_failed"])
        login = escape(f"{self._settings.prefix}/login")
        page = PAGE.format(title=title, text=text, login=login)
        return page_answer(page, status=refused.status)

    def _set(self, changes: CookieChanges) -> list[tuple[str, str]]:
        """Set cookies that come along when the issuer sends the browser back."""
        return set_cookies(
            changes,
            secure=self._settings.secure,
            same_site="Lax",
            max_age=self._settings.start_seconds,
        )


def _are_apart(one: Session, other: Session) -> bool:
    """Tell whether two are surely of different sessions at the issuer."""
    if one.sub != other.sub:
        return True
    return None not in (one.sid, other.sid) and one.sid != other.sid


WORDS: Final = {
    "sign_in_expired": (
        "This sign-in is over",
        "It was begun in another browser, or too long ago. Start again.",
    ),
    "sign_in_used": (
        "This sign-in is over",
        "It was completed before. If you are not signed in, start again.",
    ),
    "sign_in_ended": (
        "You are signed out",
        "Your session at the sign-in service ended while you signed in. Start again.",
    ),
    "issuer_unreachable": (
        "Sign-in is not possible right now",
        "The sign-in service does not answer. Try again in a moment.",
    ),
    "sign_in_failed": (
        "You are not signed in",
        "The answer of the sign-in service could not be used. Start again.",
    ),
}
