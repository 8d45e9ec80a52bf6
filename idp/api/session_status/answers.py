"""What /api/auth answers: how it stands with the session of a single-page front end.

Every sign-in there is in cookies mode: ``token`` is the access token, and the browser
keeps session and refresh token in cookies.
"""

from typing import Literal

from flask import Response

from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.start import Started
from idp.api.tokens import begin, keep_cookies
from idp.web.json.models import Answer, left_out
from idp.web.json.routes import reply

Status = Literal["ok", "email_not_verified", "2fa_required", "2fa_setup", "logout"]


class StatusAnswer(Answer):
    """How it stands with the session."""

    status: Status


class StatusAndToken(Answer):
    """How it stands with the session, and its access token."""

    status: Status
    token: str | None = left_out("An access token for the account API")


def status_of(live: LiveSession | None) -> Status:
    """Return what is to be done next."""
    if live is None:
        return "logout"
    return "ok" if live.email_verified else "email_not_verified"


def status_and_token(started: Started) -> Response:
    """Commit a sign-in; answer its status and token, and send its cookies."""
    pair = begin(started, in_cookies=True)
    status = status_of(pair.session)
    response = reply(StatusAndToken(status=status, token=pair.access_token))
    return keep_cookies(response, started, pair=pair)
