"""What waits in a browser for a second factor: a sign-in, or a session of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from idp.accounts.errors import NotSignedIn
from idp.accounts.factors import email_codes
from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.factors.trusted_browsers import days_of_trust
from idp.accounts.sessions.find import LiveSession, SessionUser
from idp.accounts.sessions.proofs import Method
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.pending import FactorRequired, HalfSignIn
from idp.accounts.sign_in.second_factor.finish import (
    SignInOver,
    finish_by_code,
    methods_of,
)
from idp.accounts.sign_in.second_factor.finish_by_passkey import (
    finish_by_passkey,
    options_to_finish,
)
from idp.accounts.sign_in.second_factor.passkey import begin_to_prove
from idp.accounts.sign_in.second_factor.step_up import (
    step_up_by_code,
    step_up_by_passkey,
)
from idp.accounts.sign_in.stages import methods_due
from idp.pages.continuation import Continuation
from idp.web.browser.session import (
    current_session,
    find_half_sign_in,
    session_request,
)
from idp.web.callers.requester import this_requester
from idp.web.unit_of_work import undo

HERE = (Method.PASSKEY, Method.TOTP, Method.EMAIL_CODE, Method.RECOVERY_CODE)
Outcome = SignedIn | FactorRequired | WrongCode | SignInOver


@dataclass(frozen=True)
class FactorStep:
    """Whose second factor is due, and by which methods, the best first."""

    waits: HalfSignIn | LiveSession
    methods: tuple[Method, ...]

    @property
    def user(self) -> SessionUser:
        """Return who is to show it."""
        waits = self.waits
        return waits.user if isinstance(waits, HalfSignIn) else waits

    @property
    def session(self) -> LiveSession | None:
        """Return the session that is to prove more, if it is one that waits."""
        return self.waits if isinstance(self.waits, LiveSession) else None

    def method_named(self, name: str | None) -> Method:
        """Return the method that was chosen, or the best one."""
        return next((m for m in self.methods if m.value == name), self.methods[0])

    @property
    def days_of_trust(self) -> int:
        """Return for how long this browser may be spared it; 0 for not at all."""
        waits = self.waits
        return days_of_trust(waits.user) if isinstance(waits, HalfSignIn) else 0

    @property
    def id(self) -> str:
        """Return what a mailed code is bound to."""
        waits = self.waits
        return waits.digest if isinstance(waits, HalfSignIn) else waits.id

    def is_code_sent(self) -> bool:
        """Tell whether a code was mailed that can be typed now."""
        return email_codes.is_sent(self.user.user_id, bound_to=self.id)

    def mail_code(self, *, return_to: str) -> None:
        """Mail a code, where that is a way here. Raises RateLimited."""
        if Method.EMAIL_CODE in self.methods:
            email_codes.send(
                self.user,
                bound_to=self.id,
                requester=this_requester(),
                return_to=return_to,
            )

    def prove(self, method: Method, *, code: str, trust: bool) -> Outcome:
        """Judge a code. Raises RateLimited while the factor is locked."""
        try:
            if isinstance(self.waits, HalfSignIn):
                request = session_request(trust=trust)
                return finish_by_code(self.waits, method, code=code, request=request)
            requester = this_requester()
            return step_up_by_code(self.waits, method, code=code, requester=requester)
        except NotSignedIn:
            undo()
            return SignInOver()

    def passkey_options(self) -> tuple[str, dict[str, Any]] | None:
        """Return a ticket, and what asks for a passkey; None where none is due."""
        if Method.PASSKEY not in self.methods:
            return None
        if isinstance(self.waits, LiveSession):
            return begin_to_prove(self.waits.user_id, bound_to=self.waits.id)
        options = options_to_finish(self.waits)
        return ("", options) if options else None

    def prove_by_passkey(
        self, credential: dict[str, Any], *, ticket: str, trust: bool
    ) -> Outcome:
        """Judge what a passkey has signed."""
        try:
            if isinstance(self.waits, HalfSignIn):
                request = session_request(trust=trust)
                return finish_by_passkey(self.waits, credential, request=request)
            requester = this_requester()
            renewed = step_up_by_passkey(
                self.waits, credential, ticket=ticket, requester=requester
            )
            return renewed or WrongCode()
        except NotSignedIn:
            undo()
            return SignInOver()


def find_step(ahead: Continuation) -> FactorStep | None:
    """Return what waits in this browser; None when nothing does, or not any more.

    Of a session that is what the client wants that waits, else what policies want. A
    sign-in that began before the client asked is not about it, and comes after.
    """
    half, live = find_half_sign_in(), current_session()
    of_sign_in = _step(half, methods_of(half)) if half else None
    if live is None:
        return of_sign_in
    asked_at = ahead.asked_at
    if half and of_sign_in and not (asked_at and half.began_at < asked_at):
        return of_sign_in
    return _step_of_session(live, ahead) or of_sign_in


def _step_of_session(live: LiveSession, ahead: Continuation) -> FactorStep | None:
    """Return what a session has yet to show."""
    policy = ahead.stage_policy(live)
    return _step(live, methods_due(live, live.proven, policy=policy))


def _step(waits: HalfSignIn | LiveSession, due: Iterable[Method]) -> FactorStep | None:
    """Return what can be shown here of what is due."""
    methods = tuple(method for method in due if method in HERE)
    return FactorStep(waits, methods) if methods else None
