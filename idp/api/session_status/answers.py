"""What /api/auth answers: how it stands with the session of a single-page front end.

Every sign-in there is in cookies mode: ``token`` is the access token, and the browser
keeps session and refresh token in cookies.
"""

from typing import Literal

from flask import Response

from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.stage_policies import policy_for
from idp.accounts.sign_in.stages import Due, Stage, next_stage
from idp.api.fields import REGISTRATION
from idp.api.tokens import keep_cookies
from idp.oauth.tokens import account_tokens
from idp.web.browser.session import find_half_sign_in, wait_in_browser
from idp.web.json.models import Answer, left_out
from idp.web.json.routes import reply

Status = Literal[
    "ok",
    "email_not_verified",
    "2fa_required",
    "2fa_setup",
    "terms_required",
    "profile_incomplete",
    "logout",
]
STAGES: dict[Stage, Status] = {
    Stage.TERMS: "terms_required",
    Stage.ENROLMENT: "2fa_setup",
    Stage.FIELDS: "profile_incomplete",
}


class StatusAnswer(Answer):
    """How it stands with the session."""

    status: Status


class StatusAndToken(Answer):
    """How it stands with the session, and its access token."""

    status: Status
    token: str | None = left_out("An access token for the account API")
    registration: str | None = left_out(f"Of a sign-up. {REGISTRATION}")
    recovery_codes: list[str] | None = left_out("New ones, which are told this once")


def status_of(live: LiveSession | None) -> Status:
    """Return what is to be done next."""
    if live is None:
        return "2fa_required" if find_half_sign_in() else "logout"
    due = next_stage(live, live.proven, policy=policy_for(live))
    if isinstance(due, Due) and due.stage in STAGES:
        return STAGES[due.stage]
    return "ok" if live.email_verified else "email_not_verified"


def status_and_token(
    signed_in: SignedIn | FactorRequired,
    *,
    registration: str | None = None,
    recovery_codes: list[str] | None = None,
) -> Response:
    """Answer the status and token of a sign-in, and send its cookies."""
    if isinstance(signed_in, FactorRequired):
        return wait_in_browser(reply(StatusAndToken(status="2fa_required")), signed_in)
    pair = account_tokens.issue_first_pair(signed_in.session)
    status = status_of(signed_in.session)
    answer = StatusAndToken(
        status=status,
        token=pair.access_token,
        registration=registration,
        recovery_codes=recovery_codes,
    )
    response = reply(answer)
    return keep_cookies(response, signed_in, pair=pair)
