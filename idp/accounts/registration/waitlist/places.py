"""A place on the waitlist: asked for, confirmed by mail, left again.

Whether an address has a place, or an account, shows in no answer: who asks leaves one
row, and the worker mails what there is to say. The link of a place is the same in all
its mails, so that one can always leave by it; what lets one in is another.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, bindparam, func, or_, select, tuple_, update

from idp.accounts import mail_requests
from idp.accounts.addresses.availability import address_problem, is_taken
from idp.accounts.errors import InvalidInput, RegistrationClosed
from idp.accounts.mail_requests import WAITLIST as PURPOSE
from idp.accounts.models import WaitingPlace
from idp.accounts.names import canonical_email, email_key
from idp.accounts.policies.effective import ALL_PEOPLE, at_client, effective
from idp.accounts.policies.keys import REGISTRATION_DOMAINS
from idp.accounts.registration.admission import NOTHING, address_refusal
from idp.accounts.registration.policy import require_waitlist
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import add_if_absent, changed_one, db, table_of
from idp.core.randomness import new_id
from idp.core.sealing import Keyring
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit
from idp.security.requester import Requester

LINK_OF = "waitlist-place"
LONGEST_NOTE = 500

places = table_of(WaitingPlace)

OF_PLACE = places.c.id == bindparam("of_place")
HERE = places.c.left_at.is_(None)
WAITS = (HERE, places.c.admitted_at.is_(None), places.c.confirmed_at.is_not(None))
FIND = select(places).where(OF_PLACE)
FIND_BY_KEY = select(places).where(places.c.email_key == bindparam("key"))
# Who has left, or never confirmed, asks anew: what was said before counts no more.
ASK_ANEW = (
    update(places)
    .where(
        places.c.email_key == bindparam("key"),
        or_(places.c.left_at.is_not(None), places.c.confirmed_at.is_(None)),
    )
    .values(
        note=bindparam("new_note"),
        client_id=bindparam("new_client"),
        language=bindparam("new_language"),
        asked_at=bindparam("now"),
        confirmed_at=None,
        admitted_at=None,
        admitted_until=None,
        admit_digest=None,
        left_at=None,
    )
)
CONFIRM = (
    update(places)
    .where(OF_PLACE, HERE, places.c.confirmed_at.is_(None))
    .values(confirmed_at=bindparam("now"))
)
LEAVE = (
    update(places)
    .where(OF_PLACE, HERE)
    .values(left_at=bindparam("now"), note=None, admit_digest=None)
)
AHEAD = (
    select(func.count())
    .select_from(places)
    .where(
        *WAITS,
        tuple_(places.c.confirmed_at, places.c.id)
        < tuple_(
            bindparam("confirmed", type_=places.c.confirmed_at.type),
            bindparam("place", type_=places.c.id.type),
        ),
    )
)


class PlaceState(StrEnum):
    """How far a place got."""

    ASKED = "asked"  # the address is still to be confirmed
    WAITING = "waiting"
    ADMITTED = "admitted"


@dataclass(frozen=True)
class OwnPlace:
    """A place as its owner sees it; ``position`` counts from one while it waits."""

    id: str
    email: str
    state: PlaceState
    position: int | None


@dataclass(frozen=True)
class PlaceRequest:
    """What somebody says who asks for a place, and the app that they come from."""

    note: str | None = None
    client_id: str | None = None


def ask(address: str, asked: PlaceRequest, *, requester: Requester) -> None:
    """Have a place made, and its confirmation mailed; the answer never tells.

    Raises NoWaitlist, InvalidInput for what is no address, RegistrationClosed for one
    of another domain, and RateLimited.
    """
    require_waitlist()
    address = canonical_email(address)
    problem = address_problem(address)
    if problem:
        raise InvalidInput([problem])
    toward = at_client(ALL_PEOPLE, asked.client_id)
    domains = effective(REGISTRATION_DOMAINS, toward)
    refused = address_refusal(NOTHING, address, domains=domains)
    if refused:
        raise RegistrationClosed(refused.value)
    mail_requests.ask(
        PURPOSE,
        address,
        return_to="",
        requester=requester,
        note=shown_note(asked.note),
        client_id=asked.client_id,
    )


def answer(address: str, asked: PlaceRequest, *, requester: Requester) -> None:
    """Make a place for an address without an account, and mail how it stands.

    The worker's part of ``ask``.
    """
    if address_problem(address) or is_taken(address):
        return
    place = _place_of(address, asked, requester=requester)
    if state_of(place) is PlaceState.ASKED:
        _mail("waitlist_confirm", place, requester=requester)
    else:
        _mail("waitlist_place", place, requester=requester)


def declare_place(address: str, asked: PlaceRequest) -> None:
    """Have an address wait, on an operator's word; a place that there is stays."""
    row = _new_row(address, asked, language=Requester().language)
    add_if_absent(places, row | {"confirmed_at": row["asked_at"]})


def find_place(token: str) -> OwnPlace | None:
    """Return the place of a mailed link; None when it was left, or is an account."""
    place = _find(token)
    if place is None or place.left_at is not None:
        return None
    state = state_of(place)
    position = None
    if state is PlaceState.WAITING:
        values = {"confirmed": place.confirmed_at, "place": place.id}
        position = db.session.execute(AHEAD, values).scalar_one() + 1
    return OwnPlace(place.id, place.email, state, position)


def confirm(token: str) -> bool:
    """Confirm the address of a place, which waits from now on; once is enough."""
    place = _find(token)
    if place is None or place.left_at is not None:
        return False
    if changed_one(CONFIRM, {"of_place": place.id, "now": utcnow()}):
        audit.record("registration.place.confirmed")
    return True


def leave(token: str) -> bool:
    """Give a place up; again changes nothing. False for what is no link of a place."""
    place = _find(token)
    if place is None:
        return False
    if changed_one(LEAVE, {"of_place": place.id, "now": utcnow()}):
        audit.record("registration.place.left")
    return True


def shown_note(text: str | None) -> str | None:
    """Return a note as it is kept: a line of its own, None where nothing is said."""
    return " ".join((text or "").split())[:LONGEST_NOTE] or None


def state_of(place: Row[*tuple[Any, ...]] | WaitingPlace) -> PlaceState:
    """Return how far a place got that was not left."""
    if place.confirmed_at is None:
        return PlaceState.ASKED
    return PlaceState.ADMITTED if place.admitted_at else PlaceState.WAITING


def _place_of(
    address: str, asked: PlaceRequest, *, requester: Requester
) -> Row[*tuple[Any, ...]]:
    """Return the place of an address, made or begun anew where it has none."""
    key, language = email_key(address), requester.language
    row = _new_row(address, asked, language=language)
    if not add_if_absent(places, row):
        said = {"new_note": asked.note, "new_client": asked.client_id}
        values = {"key": key, "new_language": language, "now": row["asked_at"]}
        db.session.execute(ASK_ANEW, values | said)
    return db.session.execute(FIND_BY_KEY, {"key": key}).one()


def _new_row(address: str, asked: PlaceRequest, *, language: str) -> dict[str, Any]:
    """Return the row of a place that somebody asks for now."""
    return dict.fromkeys(column.key for column in places.c) | {
        "id": new_id(),
        "email": canonical_email(address),
        "email_key": email_key(address),
        "note": asked.note,
        "client_id": asked.client_id,
        "language": language,
        "asked_at": utcnow(),
    }


def _find(token: str) -> Row[*tuple[Any, ...]] | None:
    """Return the row of a mailed link; what a browser sent may be any text."""
    place_id, _, mac = token.partition(".")
    genuine = token.isascii() and token.isprintable()
    if not genuine or not current(Keyring).genuine(LINK_OF, place_id, presented=mac):
        return None
    return db.session.execute(FIND, {"of_place": place_id}).one_or_none()


def _mail(message: Any, place: Row[*tuple[Any, ...]], *, requester: Requester) -> None:
    """Mail how a place stands, with its link."""
    outbox.send(
        message,
        to=place.email,
        link=_link_of(place.id),
        display_name=None,
        locales=(requester.language,),
        requester=requester.description,
    )


def _link_of(place_id: str) -> str:
    """Return the address of the page of a place."""
    token = f"{place_id}.{current(Keyring).mac(LINK_OF, place_id)}"
    query = urlencode({"token": token})
    return f"{current(ServerSettings).issuer}/register/waitlist/place?{query}"
