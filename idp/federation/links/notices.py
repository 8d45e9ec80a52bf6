"""Telling the owner of an account that a provider opens it now, or no more."""

from idp.accounts.models import User
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security.requester import Requester

PATH = "/account/links"


def tell_linked(user: User, *, linked: bool, requester: Requester) -> None:
    """Mail the owner; the link leads to what is linked."""
    outbox.send(
        "provider_linked" if linked else "provider_unlinked",
        to=user.email,
        link=f"{current(ServerSettings).issuer}{PATH}",
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )
