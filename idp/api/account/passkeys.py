"""/account/passkeys: a user's passkeys and security keys."""

from datetime import datetime
from typing import Any

from flask import Response
from flask_babel import gettext

from idp.accounts.access.principal import Principal
from idp.accounts.errors import InvalidInput
from idp.accounts.factors.errors import EmailNotVerified
from idp.accounts.factors.passkeys.adding import begin_to_add
from idp.accounts.factors.passkeys.enrolment import enrol_passkey
from idp.accounts.factors.passkeys.errors import (
    LastWayIn,
    NoSuchPasskey,
    TooManyPasskeys,
)
from idp.accounts.factors.passkeys.registry import list_passkeys, rename_passkey
from idp.accounts.factors.passkeys.removal import remove_passkey
from idp.accounts.models import Passkey
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.users import get_user
from idp.api.auth.passkey import CREDENTIAL, TICKET, PasskeyOptions
from idp.api.declined import PASSKEY_REFUSED, passkey_refused
from idp.api.fields import Line
from idp.api.renewed_session import is_in_cookies, with_renewed
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.web.browser.session import session_of
from idp.web.callers import access
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body, left_out
from idp.web.json.routes import Declined, JsonBlueprint, reply

api = JsonBlueprint("passkeys_api", __name__, tag="Passkeys")
PATH = "/account/passkeys"


class PasskeyAnswer(Answer):
    """A passkey; a disabled one was found to be copied and signs in no more.

    One for a `second_step` is asked for after a password, and signs in never alone.
    """

    __qualname__ = "Passkey"  # as the API document calls it

    id: str
    name: str
    synced: bool
    created_at: datetime
    last_used_at: datetime | None
    disabled: bool
    second_step: bool


class AddedPasskey(PasskeyAnswer):
    """A passkey that was added, and what the first security key brings."""

    __qualname__ = "AddedPasskey"

    recovery_codes: list[str] | None = left_out("New ones, which are told this once")


class PasskeyWanted(Body):
    """Whether it is a security key that is to be asked for after a password."""

    second_step: bool = False


class NewPasskey(Body):
    """What an authenticator has made, and what to call it."""

    ticket: str = TICKET
    credential: dict[str, Any] = CREDENTIAL
    name: Line | None = None


class PasskeyName(Body):
    """What to call a passkey."""

    name: Line


@api.operation(
    "POST",
    f"{PATH}/options",
    id="passkeys_api_options",
    body=PasskeyWanted,
    answers={200: PasskeyOptions},
    refusals=(EmailNotVerified, TooManyPasskeys, ReauthenticationRequired),
    before_enrolment=True,
)
def options(who: Principal, body: PasskeyWanted) -> PasskeyOptions:
    """Begin to add a passkey, within ten minutes of a sign-in.

    A passkey is there to sign in without a password, which does not ask for it. With
    `second_step` any security key will do, and two-step sign-in is on from then on.
    """
    access.fresh_proof(who)
    user, live = get_user(who.user_id), session_of(who)
    ticket, asked = begin_to_add(user, session_id=live.id, second_step=body.second_step)
    return PasskeyOptions(ticket=ticket, options=asked)


@api.operation(
    "POST",
    PATH,
    id="passkeys_api_add",
    body=NewPasskey,
    answers={201: AddedPasskey},
    declines=(PASSKEY_REFUSED,),
    refusals=(InvalidInput, EmailNotVerified, TooManyPasskeys),
    before_enrolment=True,
)
def add(who: Principal, body: NewPasskey) -> Response | Declined:
    """Add a passkey, in the session that asked for its options; the owner is mailed.

    `recovery_codes` come with the security key that turns two-step sign-in on. In
    cookies mode this browser gets new cookies.
    """
    live = session_of(who)
    in_cookies = is_in_cookies(live)
    added = enrol_passkey(
        live,
        body.credential,
        ticket=body.ticket,
        name=gettext("Passkey") if body.name is None else body.name,
        requester=this_requester(),
    )
    if added is None:
        return passkey_refused()
    told = AddedPasskey(
        **vars(_answer(added.passkey)), recovery_codes=added.recovery_codes or None
    )
    answer = reply(told)
    return with_renewed(answer, added.session) if in_cookies else answer


@api.operation(
    "GET",
    PATH,
    id="passkeys_api_show",
    answers={200: list[PasskeyAnswer]},
    scope=ACCOUNT_READ,
    before_enrolment=True,
)
def show(who: Principal) -> list[PasskeyAnswer]:
    """List the passkeys of who is signed in, the newest first."""
    return [_answer(passkey) for passkey in list_passkeys(who.user_id)]


@api.operation(
    "PATCH",
    f"{PATH}/<passkey_id>",
    id="passkeys_api_rename",
    body=PasskeyName,
    answers={200: PasskeyAnswer},
    refusals=(InvalidInput, NoSuchPasskey),
    before_enrolment=True,
)
def rename(who: Principal, passkey_id: str, *, body: PasskeyName) -> PasskeyAnswer:
    """Give a passkey another name."""
    return _answer(rename_passkey(who.user_id, passkey_id, name=body.name))


@api.operation(
    "DELETE",
    f"{PATH}/<passkey_id>",
    id="passkeys_api_remove",
    answers={204: None},
    refusals=(NoSuchPasskey, LastWayIn, ReauthenticationRequired),
    before_enrolment=True,
)
def remove(who: Principal, passkey_id: str) -> Response:
    """Remove a passkey, within ten minutes of a sign-in; the owner is mailed.

    The last way to sign in stays. In cookies mode this browser gets new cookies.
    """
    access.fresh_proof(who)
    live = session_of(who)
    in_cookies = is_in_cookies(live)
    session = remove_passkey(live, passkey_id, requester=this_requester())
    answer = reply(None, status=204)
    return with_renewed(answer, session) if in_cookies else answer


def _answer(passkey: Passkey) -> PasskeyAnswer:
    """Return a passkey as an answer."""
    return PasskeyAnswer(
        id=passkey.id,
        name=passkey.name,
        synced=passkey.synced,
        created_at=passkey.created_at,
        last_used_at=passkey.last_used_at,
        disabled=passkey.disabled_at is not None,
        second_step=passkey.second_step,
    )
