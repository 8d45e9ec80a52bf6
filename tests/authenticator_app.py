"""An authenticator app that shows codes (RFC 6238), and setting one up."""

from dataclasses import dataclass
from datetime import timedelta

import pyotp

from idp.core.clock import utcnow


@dataclass
class AuthenticatorApp:
    """An app that was told a secret, and the recovery codes that came with it."""

    secret: str
    recovery_codes: list[str]

    def code(self, steps: int = 0) -> str:
        """Return the code that the app shows, or did or will some steps from now."""
        return pyotp.TOTP(self.secret).at(utcnow() + timedelta(seconds=30 * steps))

    def wrong(self) -> str:
        """Return a code that the app does not show in these minutes."""
        shown = {self.code(steps) for steps in range(-2, 3)}
        return next(code for code in ("000000", "111111", "2" * 6) if code not in shown)


def set_up_app(caller) -> AuthenticatorApp:
    """Set up an authenticator app for a caller of the JSON API.

    That uses the code of this time step; the next one works already.
    """
    begun = caller.post("/account/totp").json
    app = AuthenticatorApp(begun["secret"], [])
    answer = caller.put("/account/totp", {"code": app.code()})
    assert answer.status_code == 200, answer.text
    app.recovery_codes = answer.json["recovery_codes"]
    return app
