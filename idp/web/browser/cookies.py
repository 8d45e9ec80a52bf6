"""The cookies that tell browsers apart, and what is bound to them.

A signed-in browser holds the session cookie; any other that was shown a form holds
the pre-session cookie. Form tokens and pending authorization requests are bound to
whichever it is. The device cookie stays for a year after a sign-in: by it the browser
is known again. The step cookie keeps half a sign-in for ten minutes, the trust cookie
spares the second factor for as many days as policies allow, the provider cookie is
that of a browser that is away to sign in elsewhere. The mail cookie shows, for as long
as a mailed link works, which browser asked for it. Each holds 256 random bits and
nothing else; the one of further accounts holds as many for each (``further``), and one
what a page is about to show once (``shown_once``), sealed.

Browsers share cookies between the ports of a host. On loopback, where several servers
may run, the names carry the port.
"""

from dataclasses import dataclass
from functools import cache

from flask import Response, after_this_request, g, request

from idp.accounts.settings import AccountsSettings
from idp.core.context import current
from idp.core.randomness import digest, new_token
from idp.core.settings.server import ServerSettings

TOKEN_LENGTH = 43
DEVICE_COOKIE_SECONDS = 365 * 86400
PROVIDER_COOKIE_SECONDS = 1800
LAST_PROVIDER = "idp-last-provider"  # a choice, no secret, like the theme
COOKIES = ("pre", "device", "csrf", "step", "trust", "provider", "mail", "more", "once")


@dataclass(frozen=True)
class CookieNames:
    """What our cookies are called; ``scripts`` is for scripts that are signed out."""

    session: str
    pre_session: str
    device: str
    scripts: str
    step: str
    trust: str
    provider: str
    mail: str
    further: str
    once: str

    @classmethod
    @cache
    def of(cls, *, secure: bool, suffix: str) -> "CookieNames":
        """Return names with the prefix ``__Host-`` where cookies can be Secure."""
        session = f"{'__Host-' if secure else ''}idp{suffix}"
        more = (f"{session}-{name}" for name in COOKIES)
        return cls(session, *more)


def cookie_names() -> CookieNames:
    """Return the names that fit this server's address."""
    server = current(ServerSettings)
    return CookieNames.of(secure=server.secure, suffix=server.cookie_suffix)


def session_token() -> str | None:
    """Return the session cookie's value when it has the form of one."""
    return cookie_token(cookie_names().session)


def browser_token() -> str:
    """Return the token this browser is known by; one is made if it has none.

    A new one leaves with the response. Call this where a form is rendered or a pending
    request is stored, not on requests that need no browser.
    """
    found = session_token() or presented_token()
    if found is None:
        found = g.new_pre_session = new_token()
        after_this_request(_keep_pre_session)
    return found


def presented_token() -> str | None:
    """Return the pre-session token, made in this request or sent with it."""
    made: str | None = g.get("new_pre_session")
    return made or cookie_token(cookie_names().pre_session)


def browser_digests() -> list[str]:
    """Return the digests of all tokens this browser presented, session first."""
    tokens = (session_token(), presented_token())
    return [digest(token) for token in tokens if token]


def device_token() -> str | None:
    """Return the token by which this browser may be known."""
    return cookie_token(cookie_names().device)


def keep_device(response: Response, token: str) -> Response:
    """Send the device cookie, for another year."""
    name, year = cookie_names().device, DEVICE_COOKIE_SECONDS
    set_cookie(response, name, value=token, max_age=year)
    return response


def step_token() -> str | None:
    """Return the token of the sign-in that waits in this browser."""
    return cookie_token(cookie_names().step)


def trust_token() -> str | None:
    """Return the token by which this browser may be spared the second factor."""
    return cookie_token(cookie_names().trust)


def provider_token() -> str | None:
    """Return the token of a browser that was sent to a provider."""
    return cookie_token(cookie_names().provider)


def away_token() -> str:
    """Return the same for a browser that is to be sent: one of before goes on to do."""
    return provider_token() or new_token()


def keep_provider(response: Response, token: str) -> Response:
    """Send the provider cookie, for as long as anything may wait for its browser."""
    name, seconds = cookie_names().provider, PROVIDER_COOKIE_SECONDS
    set_cookie(response, name, value=token, max_age=seconds)
    return response


def last_provider() -> str | None:
    """Return the provider that this browser came by last; it may not be there more."""
    return request.cookies.get(LAST_PROVIDER)


def keep_last_provider(response: Response, provider_id: str) -> Response:
    """Remember by which provider this browser came."""
    year = DEVICE_COOKIE_SECONDS
    set_cookie(response, LAST_PROVIDER, value=provider_id, max_age=year)
    return response


def mail_token() -> str | None:
    """Return the token that mails are bound to that this browser has asked for."""
    return cookie_token(cookie_names().mail)


def keep_mail(response: Response, token: str) -> Response:
    """Send the mail cookie, for as long as what is mailed now works."""
    seconds = current(AccountsSettings).sign_in_link_seconds
    set_cookie(response, cookie_names().mail, value=token, max_age=seconds)
    return response


def cookie_token(name: str) -> str | None:
    """Return a cookie's value if it could be one of our tokens."""
    value = request.cookies.get(name)
    return value if value and len(value) == TOKEN_LENGTH and value.isascii() else None


def set_cookie(
    response: Response,
    name: str,
    *,
    value: str,
    max_age: int | None,
    samesite: str = "Lax",
) -> None:
    """Set one of our cookies: HttpOnly, host-only, Secure on https.

    ``max_age`` is in seconds; None ends it with the browser.
    """
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        secure=current(ServerSettings).secure,
        httponly=True,
        samesite=samesite,
        path="/",
    )


def drop_cookie(response: Response, name: str) -> None:
    """Remove one of our cookies from the browser."""
    set_cookie(response, name, value="", max_age=0)


def _keep_pre_session(response: Response) -> Response:
    """Send the pre-session cookie that was made, unless a session has replaced it."""
    if not g.get("signed_in_now"):
        made, name = g.new_pre_session, cookie_names().pre_session
        set_cookie(response, name, value=made, max_age=None)
    return response
