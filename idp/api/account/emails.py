"""/account/emails: the addresses of a user, of which one is the primary."""

from datetime import datetime

from idp.accounts.access.principal import Principal
from idp.accounts.email.addresses import (
    IsPrimary,
    NoSuchAddress,
    TooManyAddresses,
    add_address,
    list_addresses,
    remove_address,
)
from idp.accounts.email.primary_address import make_primary
from idp.accounts.errors import EmailReserved, EmailTaken, InvalidInput
from idp.accounts.factors.errors import EmailNotVerified
from idp.accounts.models import UserEmail
from idp.accounts.sign_in.reauthentication import (
    ReauthenticationRequired,
    WrongPassword,
)
from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.accounts.users import get_user
from idp.api.declined import WRONG_PASSWORD, wrong_password
from idp.api.fields import Address, Password
from idp.api.reauthentication import credential_of
from idp.core.errors import RateLimited
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.web.callers import access
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body
from idp.web.json.routes import Declined, JsonBlueprint

api = JsonBlueprint("emails_api", __name__, tag="Email addresses")
PATH = "/account/emails"


class EmailAnswer(Answer):
    """An address; an unverified one signs nobody in, and goes after a day."""

    __qualname__ = "AccountEmail"  # as the API document calls it

    id: str
    email: str
    verified: bool
    primary: bool
    added_at: datetime


class FurtherEmail(Body):
    """The address, and the password; who has none leaves it out."""

    email: Address
    password: Password | None = None


class PrimaryChoice(Body):
    """The password; who has none leaves it out."""

    password: Password | None = None


@api.operation(
    "GET",
    PATH,
    id="emails_api_show",
    answers={200: list[EmailAnswer]},
    scope=ACCOUNT_READ,
)
def show(who: Principal) -> list[EmailAnswer]:
    """List the addresses of who is signed in, the primary one first."""
    return [_answer(address) for address in list_addresses(who.user_id)]


@api.operation(
    "POST",
    PATH,
    id="emails_api_add",
    body=FurtherEmail,
    answers={202: EmailAnswer},
    declines=(WRONG_PASSWORD,),
    refusals=(
        InvalidInput,
        EmailReserved,
        EmailTaken,
        EmailNotVerified,
        TooManyAddresses,
        ReauthenticationRequired,
        RateLimited,
        DirectoryAway,
    ),
)
def add(who: Principal, body: FurtherEmail) -> EmailAnswer | Declined:
    """Ask another address to confirm; one that waits already is mailed again.

    Its link or code is for `/auth/email-verification`. Until then it signs nobody in,
    and anybody else may have it.
    """
    user = get_user(who.user_id)
    credential = credential_of(user, who, password=body.password, field="password")
    added = add_address(
        user, body.email, credential=credential, requester=this_requester()
    )
    return wrong_password() if isinstance(added, WrongPassword) else _answer(added)


@api.operation(
    "DELETE",
    f"{PATH}/<address_id>",
    id="emails_api_remove",
    answers={204: None},
    refusals=(NoSuchAddress, IsPrimary, ReauthenticationRequired),
)
def remove(who: Principal, address_id: str) -> None:
    """Remove a further address, within ten minutes of a sign-in; it is mailed."""
    access.fresh_proof(who)
    user = get_user(who.user_id)
    remove_address(user, address_id, requester=this_requester())


@api.operation(
    "PUT",
    f"{PATH}/<address_id>/primary",
    id="emails_api_make_primary",
    body=PrimaryChoice,
    answers={204: None},
    declines=(WRONG_PASSWORD,),
    refusals=(
        NoSuchAddress,
        EmailNotVerified,
        ReauthenticationRequired,
        RateLimited,
        DirectoryAway,
    ),
)
def choose(who: Principal, address_id: str, *, body: PrimaryChoice) -> Declined | None:
    """Let apps and mails use another verified address of the account.

    The old one stays among the addresses, is told, and can undo it for 72 hours.
    """
    user = get_user(who.user_id)
    credential = credential_of(user, who, password=body.password, field="password")
    refused = make_primary(
        user, address_id, credential=credential, requester=this_requester()
    )
    return wrong_password() if refused else None


def _answer(address: UserEmail) -> EmailAnswer:
    """Return an address as an answer."""
    return EmailAnswer(
        id=address.id,
        email=address.email,
        verified=address.verified_at is not None,
        primary=address.primary,
        added_at=address.added_at,
    )
