"""The backend for frontend: what its routes do, for any framework."""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import httpx

from idp_rp import departures
from idp_rp.cookies import CookieChanges, set_cookies
from idp_rp.departures import Departures
from idp_rp.messages import BffAnswer, BffRequest, BodyTooLarge, Refused, json_answer
from idp_rp.oidc.logout_tokens import LogoutNotice, read_logout_token
from idp_rp.oidc.provider import Provider
from idp_rp.oidc.renewal import Renewal, SessionOver
from idp_rp.oidc.sign_in import SignIn
from idp_rp.oidc.signed import Untrusted
from idp_rp.oidc.token_endpoint import TokenEndpoint, TokenRefused
from idp_rp.outbound import Unreachable, bare_client
from idp_rp.proxy.forward import Forwarder
from idp_rp.proxy.places import Places
from idp_rp.sealing import Sealer
from idp_rp.sessions.keeper import NOTHING, Busy, Held, SessionKeeper
from idp_rp.sessions.sealed import SealedSessions
from idp_rp.sessions.server_side import ServerSideSessions
from idp_rp.sessions.stores import Store
from idp_rp.settings import Api, BffSettings
from idp_rp.visits import Visits

log = logging.getLogger("idp_rp")
LOGOUT_TOKEN_BYTES: Final = 64_000
# Browsers come to these by themselves, and the issuer to the last.
NO_HEADER: Final = frozenset(
    {"/login", "/callback", departures.PATH, "/backchannel-logout"}
)


class Bff:
    """One app's backend for frontend: give it to ``idp_rp.flask`` or ``idp_rp.asgi``.

    ``store`` keeps the sessions (``idp_rp.sessions.stores``). With None they are sealed
    into cookies: then there is neither back-channel logout nor one refresh for parallel
    calls. ``transport`` carries the requests to issuer and APIs, for tests.
    """

    def __init__(
        self,
        settings: BffSettings,
        *,
        store: Store | None,
        transport: httpx.BaseTransport | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self._now = now
        self._client = bare_client(transport)
        self._places = Places(settings.limits.session_streams)
        self._keeper = _keeper(settings, store=store, now=now)
        self._provider = Provider(
            settings.issuer, client=self._client, seconds=settings.limits.issuer_seconds
        )
        self._tokens = TokenEndpoint(settings, provider=self._provider)
        self._renewal = Renewal(
            settings.client_id,
            provider=self._provider,
            tokens=self._tokens,
            keeper=self._keeper,
            now=now,
        )
        sign_in = SignIn(settings, provider=self._provider, tokens=self._tokens)
        self._visits = Visits(
            settings, sign_in=sign_in, tokens=self._tokens, keeper=self._keeper, now=now
        )
        out = self._departures(store)
        self._routes: dict[str, tuple[str, Callable[[BffRequest], BffAnswer]]] = {
            "/login": ("GET", self._visits.begin),
            "/callback": ("GET", self._visits.finish),
            "/user": ("GET", self._user),
            "/logout": ("POST", out.leave),
            departures.PATH: ("GET", out.visit),
            "/backchannel-logout": ("POST", self._notice),
        }

    def answer(self, request: BffRequest) -> BffAnswer:
        """Answer a request below the prefix; whatever is refused says so in JSON."""
        try:
            if request.path not in NO_HEADER:
                self._require_own_page(request)
            return self._route(request)
        except Refused as error:
            return _noted_refusal(error)
        except BodyTooLarge:
            return _refusal(Refused(413, "body_too_large"))
        except Busy:
            return _refusal(Refused(503, "busy")).adding(("Retry-After", "1"))

    def close(self) -> None:
        """Close the connections to issuer and APIs, where the process lives on."""
        self._client.close()

    def _departures(self, store: Store | None) -> Departures:
        keep = _keeper(self.settings, store=store, now=self._now, suffix="-out")
        return Departures(
            self.settings,
            provider=self._provider,
            tokens=self._tokens,
            keeper=self._keeper,
            farewells=keep,
            now=self._now,
        )

    def _route(self, request: BffRequest) -> BffAnswer:
        if request.path.startswith("/api/"):
            return self._call(request)
        method, view = self._routes.get(request.path, ("", None))
        if view is None:
            raise Refused(HTTPStatus.NOT_FOUND, "not_found")
        if request.method != method:
            refused = Refused(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed")
            return _refusal(refused).adding(("Allow", method))
        return view(request)

    def _require_own_page(self, request: BffRequest) -> None:
        """Refuse what a page of another origin sends.

        It cannot set X-BFF without asking first (Fetch §3.2), and is never told yes.
        """
        if request.header("x-bff") != "1":
            why = "Send the header X-BFF: 1."
            raise Refused(HTTPStatus.FORBIDDEN, "header_missing", why=why)
        origin = request.header("origin") or self.settings.base_url
        site = request.header("sec-fetch-site") or "same-origin"
        if origin != self.settings.base_url or site != "same-origin":
            raise Refused(HTTPStatus.FORBIDDEN, "foreign_origin")

    def _held(self, request: BffRequest) -> Held:
        held = self._keeper.find(request.cookies)
        if held is None:
            raise self._login_required()
        return held

    def _login_required(self) -> Refused:
        why = f"Send the browser to {self.settings.prefix}/login."
        return Refused(HTTPStatus.UNAUTHORIZED, "login_required", why=why)

    def _user(self, request: BffRequest) -> BffAnswer:
        """Tell who is signed in.

        Where every token has ended, the issuer is asked whether the session goes on.
        """
        held = self._held(request)
        session, changes = held.session, NOTHING
        if session.refresh_token and not session.has_live_token(now=self._now()):
            try:
                usable = self._renewal.token(held, self._any_api())
                session, changes = usable.session, usable.changes
            except SessionOver:
                return self._over(request)
            except (Unreachable, TokenRefused) as error:
                log.warning("A session could not be renewed: %s", error)
        return json_answer(session.claims).adding(*self._set(changes))

    def _any_api(self) -> Api:
        """Return what a token is asked for when it does not matter for what."""
        for api in self.settings.apis.values():
            return Api(*api)
        return Api("", self.settings.userinfo_resource)

    def _notice(self, request: BffRequest) -> BffAnswer:
        """Hear from the issuer that a session has ended (Back-Channel Logout §2.5)."""
        if not self._keeper.server_side:
            why = "Sessions in cookies cannot be ended from here."
            raise Refused(HTTPStatus.NOT_FOUND, "not_supported", why=why)
        notice = self._read_notice(request)
        name = f"notice {notice.jti}"
        if not self._keeper.once(name, seconds=notice.seconds):
            raise Refused(400, "invalid_request", why="The logout token was used.")
        try:
            ended = self._keeper.end_named(
                sid=notice.sid, sub=notice.sub, at=notice.issued_at
            )
        except Exception:
            self._keeper.forget(name)  # the issuer may say it again
            raise
        log.info("The issuer ended %s sessions", ended)
        return json_answer({})

    def _read_notice(self, request: BffRequest) -> LogoutNotice:
        try:
            return read_logout_token(
                request.form(LOGOUT_TOKEN_BYTES).get("logout_token", ""),
                provider=self._provider,
                client_id=self.settings.client_id,
                now=self._now(),
            )
        except Untrusted as error:
            log.warning("A logout token was refused: %s", error)
            raise Refused(400, "invalid_request", why="Not a logout token.") from error
        except Unreachable as error:
            raise Refused(503, "issuer_unreachable") from error

    def _call(self, request: BffRequest) -> BffAnswer:
        """Pass a call on to an API (its body is read only when all else is well)."""
        name, _, path = request.path.removeprefix("/api/").partition("/")
        api = self.settings.api(name)
        if api is None:
            raise Refused(HTTPStatus.NOT_FOUND, "unknown_api")
        own_path = f"{self.settings.prefix}/api/{name}"
        limits = self.settings.limits
        forwarder = Forwarder(
            api,
            own_path=own_path,
            client=self._client,
            limits=limits,
            places=self._places,
        )
        url = forwarder.url(request, path=path)
        held = self._held(request)
        body = request.read(limits.request_bytes)
        try:
            usable = self._renewal.token(held, api)
        except SessionOver:
            return self._over(request)
        except (Unreachable, TokenRefused) as error:
            raise Refused(HTTPStatus.BAD_GATEWAY, "no_token") from error
        try:
            answer = forwarder.send(
                request,
                url=url,
                body=body,
                bearer=usable.access_token,
                bearer_seconds=usable.used_until - self._now(),
                session=held.session.nonce,
            )
        except Refused as error:
            answer = _noted_refusal(error)
        # Also of a call that failed: a refresh token may be used once only.
        return answer.adding(*self._set(usable.changes))

    def _over(self, request: BffRequest) -> BffAnswer:
        """Say that the session is over, and take its cookies away."""
        cleared = self._set(self._keeper.clear(request.cookies))
        return _refusal(self._login_required()).adding(*cleared)

    def _set(self, changes: CookieChanges) -> list[tuple[str, str]]:
        secure = self.settings.secure
        return set_cookies(changes, secure=secure, same_site="Strict")


def _keeper(
    settings: BffSettings,
    *,
    store: Store | None,
    now: Callable[[], float],
    suffix: str = "",
) -> SessionKeeper:
    """Return a keeper of sessions; those of another suffix are nothing to it."""
    name = settings.cookie_name + suffix
    if store is None:
        sealer = Sealer(settings.keys, purpose=f"session cookie{suffix}")
        return SealedSessions(sealer, name=name, now=now)
    # Discovery, keys and the token itself, each as slow as it may be.
    lease = 6 * settings.limits.issuer_seconds
    sealer = Sealer(settings.keys, purpose=f"stored session{suffix}")
    return ServerSideSessions(
        store, sealer=sealer, name=name, lease_seconds=lease, now=now
    )


def _noted_refusal(refused: Refused) -> BffAnswer:
    if refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s: %s", refused, refused.__cause__)
    return _refusal(refused)


def _refusal(refused: Refused) -> BffAnswer:
    told = {"error": refused.error, "error_description": refused.why}
    said = {name: text for name, text in told.items() if text}
    return json_answer(said, status=refused.status)
