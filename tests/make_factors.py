"""Factories of second factors, as their rules enrol them."""

import re

from flask import Flask

from idp.accounts.factors import recovery_codes, totp
from idp.accounts.models import User
from idp.core.clock import utcnow
from idp.core.db import db
from tests.authenticator_app import AuthenticatorApp
from tests.make_users import MadeAccount


class MakeFactors:
    """Second factors that count already."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def totp(self, account: MadeAccount) -> AuthenticatorApp:
        """Give a user an authenticator app, and recovery codes; none was used yet."""
        with self.app.app_context():
            new = totp.start(account.id, account=account.email)
            shown = AuthenticatorApp(new.secret, [])
            assert totp.confirm(account.id, shown.code(-1), now=utcnow())
            shown.recovery_codes = recovery_codes.make(account.id)
            user = db.session.get_one(User, account.id)
            user.factors = sorted({*user.factors, "totp"})
            db.session.commit()
            return shown


def other_digits(code: str, zero: str = "\N{ARABIC-INDIC DIGIT ZERO}") -> str:
    """Return a code in the digits of another script."""
    return re.sub("[0-9]", lambda digit: chr(ord(zero) + int(digit[0])), code)
