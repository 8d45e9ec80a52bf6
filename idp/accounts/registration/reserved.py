"""An address that is kept from others, under ``private`` told by mail alone."""

from idp.accounts.addresses.availability import reserved_until
from idp.accounts.registration.new_account import NewAccount
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security.requester import Requester


def tell_reserved(wanted: NewAccount, *, requester: Requester) -> None:
    """Mail an address that nobody has until when it is kept, if it is."""
    until = reserved_until(wanted.email)
    if until is None:
        return
    outbox.send(
        "address_reserved",
        to=wanted.email,
        link=f"{current(ServerSettings).issuer}/register",
        expires_at=until,
        display_name=wanted.name,
        locales=(requester.language,),
        requester=requester.description,
    )
