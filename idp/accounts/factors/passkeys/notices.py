"""What owners are mailed of their passkeys."""

from idp.accounts.models import User
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.mail.messages import MessageName
from idp.security.requester import Requester


def notify(
    user: User, message: MessageName, *, requester: Requester | None = None
) -> None:
    """Mail the owner of what became of a passkey."""
    outbox.send(
        message,
        to=user.email,
        link=f"{current(ServerSettings).issuer}/account/security",
        display_name=user.name,
        locales=(user.locale, requester.language if requester else None),
        requester=requester.description if requester else None,
    )
