"""Sign-outs that the page asks for: here at once, then at the issuer by a visit."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from idp_rp.cookies import CookieChanges, set_cookies
from idp_rp.messages import BffAnswer, BffRequest, Refused, json_answer, redirect_answer
from idp_rp.oidc.provider import Provider
from idp_rp.oidc.token_endpoint import TokenEndpoint
from idp_rp.outbound import Unreachable
from idp_rp.sessions.keeper import SessionKeeper
from idp_rp.sessions.session import Session
from idp_rp.settings import BffSettings

# What a browser has on its way from the page to the issuer.
FAREWELL_SECONDS: Final = 60
PATH: Final = "/end-session"


class Departures:
    """Ends of sessions. ``farewells`` keeps what the issuer is told of each."""

    def __init__(
        self,
        settings: BffSettings,
        *,
        provider: Provider,
        tokens: TokenEndpoint,
        keeper: SessionKeeper,
        farewells: SessionKeeper,
        now: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._provider = provider
        self._tokens = tokens
        self._keeper = keeper
        self._farewells = farewells
        self._now = now

    def leave(self, request: BffRequest) -> BffAnswer:
        """End the session here, and say where the page goes next: ``logout_url``.

        That is a route of ours. The issuer's address holds the ID token, which is no
        script's to read.
        """
        held = self._keeper.find(request.cookies)
        url, farewell = self._settings.after_logout, self._set({})
        if held:
            self._keeper.end(held.key)
            if self._endpoint():
                url = self._settings.prefix + PATH
                told = self._told_of(held.session)
                begun = self._farewells.begin(told, request.cookies)
                farewell = self._set(begun or {})
            if held.session.refresh_token:
                self._tokens.revoke(held.session.refresh_token)
        cleared = self._set(self._keeper.clear(request.cookies))
        return json_answer({"logout_url": url}).adding(*cleared, *farewell)

    def visit(self, request: BffRequest) -> BffAnswer:
        """Send the browser to the issuer, once (OIDC RP-Initiated Logout §2).

        Only a browser that shows what it is sent to: a script's request may tell it.
        """
        if (request.header("sec-fetch-mode") or "navigate") != "navigate":
            raise Refused(HTTPStatus.FORBIDDEN, "not_a_visit")
        held = self._farewells.find(request.cookies)
        url = self._settings.post_logout_redirect_uri
        if held:
            self._farewells.end(held.key)
            url = self._url(held.session) or url
        cleared = self._set(self._farewells.clear(request.cookies))
        return redirect_answer(url).adding(*cleared)

    def _endpoint(self) -> str | None:
        try:
            return self._provider.metadata().end_session_endpoint
        except Unreachable:
            return None

    def _url(self, session: Session) -> str | None:
        endpoint = self._endpoint()
        asked = {
            "id_token_hint": session.id_token,
            "client_id": self._settings.client_id,
            "post_logout_redirect_uri": self._settings.post_logout_redirect_uri,
        }
        joint = "&" if endpoint and "?" in endpoint else "?"
        return f"{endpoint}{joint}{urlencode(asked)}" if endpoint else None

    def _told_of(self, session: Session) -> Session:
        """Return what is left of a session: no token but the ID token."""
        ends_at = self._now() + FAREWELL_SECONDS
        return replace(
            session, profile={}, tokens={}, refresh_token=None, ends_at=ends_at
        )

    def _set(self, changes: CookieChanges) -> list[tuple[str, str]]:
        return set_cookies(
            changes,
            secure=self._settings.secure,
            same_site="Strict",
            max_age=FAREWELL_SECONDS,
        )
