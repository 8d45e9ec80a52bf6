"""Asking for a link and a code to sign in by. The answer tells nothing of the address.

What is mailed is bound to who asked: a browser keeps a random token in a cookie, a
program has it in its answer. There it is tied to the address, so that of a code typed
elsewhere all addresses, with or without an account, are told the same.
"""

from dataclasses import dataclass, field

from idp.accounts import mail_requests
from idp.accounts.names import email_key
from idp.accounts.one_time_tokens import MAGIC_LINK as PURPOSE
from idp.accounts.policies.keys import MAGIC_LINK
from idp.accounts.sign_in.ways.allowed import WayNotAllowed, allowed_ways
from idp.accounts.users import find_id_by_verified_address
from idp.core.context import current
from idp.core.randomness import digest, new_token
from idp.core.sealing import Keyring
from idp.core.text import is_line
from idp.security import audit
from idp.security.requester import Requester

MAC_PURPOSE = "mailed-sign-in"


@dataclass(frozen=True)
class MailAsked:
    """What goes back to who asked: ``request`` to a program, the token to a cookie."""

    request: str = field(repr=False)
    browser_token: str = field(repr=False)


@dataclass(frozen=True)
class AskedBy:
    """What a caller shows of having asked: the ``request``, the cookie, or nothing."""

    request: str | None = field(default=None, repr=False)
    browser_token: str | None = field(default=None, repr=False)

    @property
    def digests(self) -> list[str]:
        """Return what a link may be bound to."""
        token, _, _ = (self.request or "").partition(".")
        shown = (self.browser_token, token)
        return [digest(each) for each in shown if each and each.isascii()]

    def digests_for(self, address: str) -> list[str]:
        """Return the same for a code, of a ``request`` only if it was for ``address``.

        Empty for who has not asked here, whatever the address.
        """
        genuine = self.request is None or _is_for(self.request, address)
        return AskedBy(self.request if genuine else None, self.browser_token).digests


def ask(
    address: str,
    *,
    return_to: str,
    browser_token: str | None,
    requester: Requester,
    client_id: str | None = None,
) -> MailAsked | WayNotAllowed:
    """Have a link and a code mailed to an address; nobody is told whose it is.

    ``browser_token`` is what this browser's cookie holds since it asked before. Raises
    RateLimited for a requester who asks for many.
    """
    if MAGIC_LINK not in allowed_ways(client_id):
        return WayNotAllowed()
    token = browser_token or new_token()
    mail_requests.ask(
        PURPOSE,
        address,
        return_to=return_to,
        requester=requester,
        bound_to=digest(token),
    )
    audit.record("magic.requested", user_id=find_id_by_verified_address(address))
    mac = current(Keyring).mac(MAC_PURPOSE, _signed_part(token, address))
    return MailAsked(f"{token}.{mac}", token)


def _is_for(request: str, address: str) -> bool:
    """Tell whether a ``request``, which may be any text, came with this address."""
    token, _, mac = request.partition(".")
    return current(Keyring).genuine(
        MAC_PURPOSE, _signed_part(token, address), presented=mac
    )


def _signed_part(token: str, address: str) -> str:
    """Return what the MAC of a ``request`` covers."""
    return f"{token} {email_key(address) if is_line(address) else ''}"
