"""What messages of the tests are given."""

from datetime import timedelta

from idp.core.clock import utcnow
from idp.mail.messages import MESSAGES

LINK = "https://idp.example/email-verification?token=t0ken"


def values_of(name: str, **changes) -> dict[str, object]:
    """Return what a message is given, each value that its row in the table names."""
    message = MESSAGES[name]
    given: dict[str, object] = {"link": LINK, "locales": ("en",)}
    if message.code:
        given["code"] = "123456"
    if message.expires:
        given["expires_at"] = utcnow() + timedelta(hours=24)
    if message.requester:
        given["requester"] = {}
    if message.names:
        given["names"] = dict.fromkeys(message.names, "Ada")
    return given | changes
