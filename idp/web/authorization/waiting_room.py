"""What account pages may know and do about the requests that wait behind them."""

from idp.core.randomness import digest
from idp.oauth.authorization import authorize as authorization
from idp.oauth.authorization import pending as interactions
from idp.oauth.authorization.decision import NeedsLogin
from idp.oauth.authorization.pending import Pending, State
from idp.oauth.authorization.signed_requests import restore, signed_copy
from idp.oauth.device import requests as device_requests
from idp.oauth.protocol.errors import RefusedRequest, Unanswerable
from idp.web.authorization.destinations import Destination
from idp.web.browser.cookies import browser_digests, browser_token
from idp.web.browser.session import current_session


class PendingRequests:
    """The waiting room of authorization requests (web.destinations.WaitingRoom)."""

    def describe(self, return_to: str) -> Destination | None:
        """Say what waits behind ``return_to`` for this browser, None if nothing."""
        pending = interactions.find_behind(return_to, browsers=browser_digests())
        if not isinstance(pending, Pending):
            return _describe_device(return_to)
        try:
            client, asked = authorization.read(pending.parameters)
        except (RefusedRequest, Unanswerable):
            return None
        session = current_session()
        decision = authorization.judge(asked, client, session=session, pending=pending)
        return Destination(
            client_name=client.client_name,
            login_hint=asked.login_hint,
            reauthenticate=session is not None and isinstance(decision, NeedsLogin),
            ui_locales=asked.ui_locales,
            signed_request=signed_copy(pending),
            brand=client.brand,
        )

    def renew(self, return_to: str, signed_request: str) -> str:
        """Return ``return_to``, or a new one when the stored request has expired."""
        found = interactions.find_behind(return_to, browsers=browser_digests())
        gone = found is None and interactions.leads_to_request(return_to)
        expired = isinstance(found, Pending) and found.state is State.EXPIRED
        if not (gone or expired):
            return return_to
        restored = restore(signed_request, browser=digest(browser_token()))
        return restored.path if restored else return_to

    def rebind(self, old_browsers: list[str], new_browser: str) -> None:
        """Give the requests of a browser, by cookie digests, to its new cookie."""
        interactions.rebind(old_browsers, new_browser=new_browser)


def _describe_device(return_to: str) -> Destination | None:
    """Say which device waits behind ``return_to`` for who is signed in."""
    session = current_session()
    found = session and device_requests.find_behind(return_to, session)
    if not session or not found:
        return None
    return Destination(
        client_name=found.client.client_name,
        login_hint=session.email,
        reauthenticate=found.wants_new_sign_in(session),
        ui_locales=(),
        signed_request="",
        brand=found.client.brand,
    )
