"""What every way to sign in ends with: a known browser, and a session in it."""

from dataclasses import dataclass

from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.start import SessionRequest, StartedSession, start_session
from idp.accounts.sign_in import known_devices
from idp.accounts.sign_in.known_devices import DeviceMatch


@dataclass(frozen=True)
class SignedIn:
    """A session has begun, or goes on with a new cookie.

    ``device_token`` is what the device cookie is to hold from now on; None leaves that
    cookie as it is.
    """

    session: StartedSession
    device_token: str | None = None


def complete_sign_in(
    user: SessionUser, *, amr: list[str], request: SessionRequest, device: DeviceMatch
) -> SignedIn:
    """Begin the session of a user who has proven who they are.

    Raises NotSignedIn, with nothing written, as ``start_session`` does.
    """
    if not request.in_cookies:
        return _complete_without_browser(user, amr=amr, request=request, device=device)
    session = start_session(user, amr=amr, request=request)
    device_token = known_devices.record_sign_in(
        user, device, requester=request.requester
    )
    return SignedIn(session, device_token)


def _complete_without_browser(
    user: SessionUser, *, amr: list[str], request: SessionRequest, device: DeviceMatch
) -> SignedIn:
    """Begin the session of a program: there is no browser to know it by."""
    requester = request.requester
    is_news = known_devices.tells_of_program(user.user_id, device, requester=requester)
    session = start_session(user, amr=amr, request=request)
    known_devices.record_use(device)
    if is_news:
        known_devices.notify_of_program(user, requester=requester)
    return SignedIn(session)
