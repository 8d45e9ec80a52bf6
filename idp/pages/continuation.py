"""Where a page leads: a path of ours, and the request that may be pending behind it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from flask import Response, request
from flask_babel import gettext

from idp.accounts.policies.keys import PROVIDER
from idp.accounts.registration.admission import Admission
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.stage_policies import policy_for
from idp.accounts.sign_in.stages import Stage, StagePolicy
from idp.accounts.sign_in.ways.allowed import allowed_providers, allowed_ways
from idp.core.context import current
from idp.core.randomness import digest
from idp.core.settings.server import ServerSettings
from idp.oauth.authorization import pending as pending_requests
from idp.oauth.authorization import signed_requests
from idp.oauth.authorization.pending import BoundToOtherBrowser, PendingRequest
from idp.oauth.authorization.questions import (
    SignInContext,
    sign_in_context,
    stage_policy,
)
from idp.oauth.clients.branding.files import Brand
from idp.oauth.device import requests as device_requests
from idp.oauth.device.requests import DeviceRequest
from idp.organizations.domains.verified import organization_at
from idp.organizations.invites.opening import find_open_by_path
from idp.organizations.models import Invite, Organization
from idp.organizations.registry import find_organization
from idp.pages.organization_logo import wearing
from idp.web.browser import session as web_session
from idp.web.browser.cookies import browser_digests, browser_token
from idp.web.browser.csrf import cookies_blocked
from idp.web.browser.late_forms import came_late
from idp.web.browser.session import current_session
from idp.web.callers.requester import this_requester
from idp.web.i18n import prefer
from idp.web.offered_providers import offered_providers
from idp.web.pages import set_branding
from idp.web.redirects import local_path, redirect_to

HOME = "/account"


@dataclass(frozen=True)
class Continuation:
    """A local path, and what a page says because of the request behind it.

    That is read once, and only where a page shows it. ``sent_copy`` came with a form:
    it restores a request whose stored copy has expired.
    """

    return_to: str
    sent_copy: str = ""

    @cached_property
    def pending(self) -> PendingRequest | BoundToOtherBrowser | None:
        """The stored authorization request."""
        return pending_requests.find_by_path(self.return_to, browsers=browser_digests())

    @cached_property
    def context(self) -> SignInContext | None:
        """What a page tells and asks because of it, or because of a device."""
        session = current_session()
        if isinstance(self.pending, PendingRequest):
            return sign_in_context(self.pending, session=session)
        if session is None:
            return None
        return device_requests.sign_in_context(self.return_to, session=session)

    @cached_property
    def device(self) -> DeviceRequest | None:
        """The request of a device, of whose code the user who is signed in typed."""
        session, path = current_session(), self.return_to
        return device_requests.find_by_path(path, session=session) if session else None

    def stage_policy(self, session: LiveSession) -> StagePolicy:
        """Return what policies, and the client that waits, want of a session."""
        if isinstance(self.pending, PendingRequest):
            return stage_policy(self.pending, session=session)
        return self.device.stage_policy(session) if self.device else policy_for(session)

    @property
    def asked_at(self) -> datetime | None:
        """Return since when the client that waits, or the device, does."""
        if isinstance(self.pending, PendingRequest):
            return self.pending.created_at
        return self.device.created_at if self.device else None

    @property
    def client_name(self) -> str | None:
        """Return the client that waits."""
        return self.context.client_name if self.context else None

    @property
    def login_hint(self) -> str | None:
        """Return whom the client expects, or whom an invite is for."""
        if self.context:
            return self.context.login_hint
        return self.invite.email if self.invite else None

    @cached_property
    def invite(self) -> Invite | None:
        """The open invite that this page leads back to."""
        return find_open_by_path(self.return_to)

    @property
    def reauthenticate(self) -> bool:
        """Tell whether the client wants a new proof of identity."""
        return bool(self.context and self.context.reauthenticate)

    @property
    def wants_fresh_proof(self) -> bool:
        """Tell whether the client says how old a proof may be."""
        return bool(self.context and self.context.wants_fresh_proof)

    @property
    def client_id(self) -> str | None:
        """Return the ID of that client."""
        return self.context.client_id if self.context else None

    @cached_property
    def organization(self) -> Organization | None:
        """Return the one that the request names."""
        named = self.context.organization if self.context else None
        return find_organization(named) if named else None

    @cached_property
    def goal(self) -> Admission:
        """Return where a sign-up leads, whose policies narrow who is let in."""
        return Admission(
            client_id=self.client_id,
            organization_id=self.organization.id if self.organization else None,
        )

    @property
    def provider_allowed(self) -> bool:
        """Tell whether another provider is a way in here, and at that client."""
        return PROVIDER in self.ways

    @property
    def offered_providers(self) -> list[dict[str, object]]:
        """Return the other providers that a page offers."""
        return self.providers_for(None)

    def providers_for(self, login: str | None) -> list[dict[str, object]]:
        """Return the same for who has named an address, if somebody has.

        An organization's are for who goes there, or has an address at its domain.
        """
        there = organization_at(login) if login else None
        return offered_providers(
            allowed=self.provider_allowed,
            fresh=self.wants_fresh_proof,
            only=allowed_providers(self._organization_id),
            organizations=(self.goal.organization_id, there),
        )

    @property
    def ways(self) -> tuple[str, ...]:
        """Return the ways in here, at the client that waits, where one goes on."""
        return allowed_ways(self.client_id, organization_id=self._organization_id)

    @property
    def _organization_id(self) -> str | None:
        """Return in whose context who is signed in already goes on."""
        return self.context.organization_id if self.context else None

    @property
    def ui_locales(self) -> tuple[str, ...]:
        """Return the languages that the client asks for."""
        return self.context.ui_locales if self.context else ()

    @property
    def brand(self) -> Brand | None:
        """Return the client's branding, with the organization's logo if it has none."""
        brand = self.context.brand if self.context else None
        return wearing(brand, lambda: self.organization)

    @property
    def form_continue(self) -> dict[str, str]:
        """Return what the page's forms carry along."""
        kept = self.return_to if self.return_to != HOME else ""
        signed = self.context.signed_request if self.context else ""
        return {"return_to": kept, "request": signed or self.sent_copy}

    @property
    def copy_to_send(self) -> dict[str, str]:
        """Return what restores the request on the next page of a sign-in."""
        signed = self.form_continue["request"]
        return {"request": signed} if signed else {}

    @property
    def adding(self) -> dict[str, str]:
        """Return what leads to another account's way in past who is signed in."""
        signed_in = current_session() and not self.reauthenticate
        return {"switch": "1"} if signed_in else {}

    def url(self, path: str, **query: str) -> str:
        """Return the address of another page that leads to the same place."""
        kept = {"return_to": self.return_to} if self.return_to != HOME else {}
        encoded = urlencode(kept | query)
        return f"{path}?{encoded}" if encoded else path

    def renewed_path(self, *, browser: str) -> str:
        """Return the path, or that of the request restored for ``browser``."""
        copy, ip = self.sent_copy, this_requester().ip
        return signed_requests.renewed_path(
            self.return_to,
            None if came_late() else self.pending,
            copy=copy,
            browser=browser,
            ip=ip,
        )


def read_continuation() -> Continuation:
    """Read from the query or the form where this page leads."""
    return_to = local_path(request.values.get("return_to"), default=HOME)
    read = Continuation(return_to, _sent_copy())
    if came_late() and not isinstance(read.pending, PendingRequest):
        # what waits was bound to the cookie that is gone; only our pages send its copy
        path = read.renewed_path(browser=digest(browser_token()))
        read = Continuation(path, read.sent_copy)
    prefer(lambda: read.ui_locales)
    set_branding(lambda: read.brand)
    return read


def url_when_signed_in(ahead: Continuation) -> str | None:
    """Return where a browser that is signed in goes on, None if it has to sign in.

    Whoever adds another account comes with ``switch``.
    """
    live = current_session()
    if live is None or ahead.reauthenticate or "switch" in request.args:
        return None
    return web_session.continue_url(live, ahead.return_to)


def cookie_trouble() -> str | None:
    """Return what to tell a browser whose forms cannot be told from forgeries."""
    if not cookies_blocked():
        return None
    issuer = current(ServerSettings).issuer_host
    words: str = gettext(
        "Your browser is blocking cookies from %(issuer)s. Allow them and try again.",
        issuer=issuer,
    )
    return words


def signed_in_response(
    signed_in: SignedIn | FactorRequired, ahead: Continuation
) -> Response:
    """Send the browser on with the cookie of its new session, or to what is due."""
    if isinstance(signed_in, FactorRequired):
        onward = ahead.url(Stage.SECOND_FACTOR.value, **ahead.copy_to_send)
        return web_session.wait_in_browser(redirect_to(onward), signed_in)
    path = restored_path(ahead, signed_in)
    response = redirect_to(web_session.url_after_sign_in(signed_in.session, path))
    return web_session.sign_in_browser(response, signed_in)


def restored_path(ahead: Continuation, signed_in: SignedIn) -> str:
    """Return where to go on; a request that expired meanwhile is restored."""
    return ahead.renewed_path(browser=digest(signed_in.session.token))


def redirect_to_pending(return_to: str | None, *, sent_copy: str | None) -> Response:
    """Lead from a stale page to what is pending, restored if it has expired."""
    ahead = Continuation(local_path(return_to, default=HOME), sent_copy or "")
    if not ahead.sent_copy:
        return redirect_to(ahead.return_to)
    return redirect_to(ahead.renewed_path(browser=digest(browser_token())))


def _sent_copy() -> str:
    """Return the copy of a request that came along, empty for what can be none."""
    sent: str = request.values.get("request", "")
    return sent if sent.isascii() and sent.isprintable() else ""
