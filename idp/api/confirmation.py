"""Who confirms an address by JSON, and what they are told of its password."""

from idp.accounts.access.principal import Principal
from idp.accounts.password.reset import send_set_link
from idp.accounts.sign_in.registrants import Confirmed, ConfirmedBy
from idp.accounts.users import get_user
from idp.core.randomness import digest
from idp.web.browser.cookies import browser_digests
from idp.web.callers.requester import this_requester


def confirmed_by(who: Principal | None, registration: str | None) -> ConfirmedBy:
    """Return what the caller shows of having signed up."""
    shown = [digest(registration)] if registration and registration.isascii() else []
    session_id = who.session_id if who else None
    return ConfirmedBy([*browser_digests(), *shown], session_id)


def mail_set_link_if_discarded(confirmed: Confirmed | None) -> None:
    """Mail the owner the way to a password; no page of ours is there to ask for it.

    An account that nobody has approved is opened by none.
    """
    if confirmed is None or confirmed.awaits_approval:
        return
    if confirmed.password_discarded:
        send_set_link(get_user(confirmed.user_id), requester=this_requester())
