"""What is mailed to who wants to sign in by mail: the worker's part."""

from urllib.parse import urlencode

from idp.accounts import one_time_tokens
from idp.accounts.addresses.availability import address_problem, is_taken
from idp.accounts.addresses.rows import find_spelling
from idp.accounts.models import User
from idp.accounts.one_time_tokens import BOUND_TO
from idp.accounts.one_time_tokens import MAGIC_LINK as PURPOSE
from idp.accounts.policies.effective import registration_open
from idp.accounts.policies.keys import MAGIC_LINK
from idp.accounts.policies.ways import may_use
from idp.accounts.settings import AccountsSettings
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security.requester import Requester


def send_link(
    user: User, address: str, *, return_to: str, bound_to: str, requester: Requester
) -> None:
    """Mail a link and a code to the address of a user that was named.

    Of one browser only the newest works; what others asked for stays, so that nobody
    makes an owner's link void by asking.
    """
    to = find_spelling(user.id, address)
    allowed = may_use(MAGIC_LINK, user_id=user.id, roles=user.roles, email=user.email)
    if to is None or not allowed:
        return
    one_time_tokens.withdraw_bound(user.id, purpose=PURPOSE, bound_to=bound_to)
    asked = {"return_to": return_to, "asked_with": requester.description}
    issued = one_time_tokens.issue(
        user.id,
        purpose=PURPOSE,
        seconds=current(AccountsSettings).sign_in_link_seconds,
        data={"email": to, BOUND_TO: bound_to, **asked},
        beside_others=True,
    )
    outbox.send(
        "magic_link",
        to=to,
        link=f"{_issuer()}/auth/sign-in/token?{urlencode({'token': issued.token})}",
        code=issued.code,
        expires_at=issued.expires_at,
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
        return_to=return_to,
    )


def offer_sign_up(address: str, *, requester: Requester) -> None:
    """Mail an address without an account that it can have one, where all may be told.

    Under ``private`` nothing is mailed, nor where nobody signs up.
    """
    private = current(AccountsSettings).account_privacy == "private"
    if private or not registration_open():
        return
    if address_problem(address) or is_taken(address):
        return
    outbox.send(
        "sign_up_offered",
        to=address,
        link=f"{_issuer()}/register",
        display_name=None,
        locales=(requester.language,),
        requester=requester.description,
    )


def _issuer() -> str:
    """Return where links in mails lead."""
    return current(ServerSettings).issuer
