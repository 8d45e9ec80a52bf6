"""What a private server says to every sign-up, whoever has the address."""

from typing import Literal

from idp.web.json.models import Answer


class VerificationSent(Answer):
    """A mail is on its way to whoever owns the address."""

    status: Literal["verification_sent"] = "verification_sent"
