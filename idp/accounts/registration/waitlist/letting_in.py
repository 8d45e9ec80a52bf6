"""Letting people in from the waitlist: the operator's part, and the link that opens.

The link is mailed to the address of the place, so it proves that, and signs up with
that alone. It works once, for seven days; the place goes with the account that is made.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, bindparam, delete, or_, select, update

from idp.accounts.models import WaitingPlace
from idp.accounts.names import email_key
from idp.accounts.registration.admission import Admission, Opener
from idp.accounts.registration.waitlist.places import PlaceState, state_of
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db, table_of
from idp.core.errors import IdpError
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek
from idp.core.randomness import digest, new_token
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit

OPEN_FOR = timedelta(days=7)
MOST_AT_ONCE = 100
WELCOME = "/register/welcome"

places = table_of(WaitingPlace)

OF_PLACE = places.c.id == bindparam("of_place")
HERE = places.c.left_at.is_(None)
# A link that ran out can be followed by another.
LET_IN = (
    update(places)
    .where(
        OF_PLACE,
        HERE,
        places.c.confirmed_at.is_not(None),
        or_(
            places.c.admitted_at.is_(None), places.c.admitted_until <= bindparam("now")
        ),
    )
    .values(
        admitted_at=bindparam("now"),
        admitted_until=bindparam("until"),
        admit_digest=bindparam("new_digest"),
    )
    .returning(places.c.email, places.c.language, places.c.client_id)
)
OPEN = (HERE, places.c.admitted_until > bindparam("now"))
BY_LINK = (*OPEN, places.c.admit_digest == bindparam("digest"))
BY_ADDRESS = (*OPEN, places.c.email_key == bindparam("key"))
FIND = select(places.c.email, places.c.client_id).where(*BY_LINK)
TAKE = delete(places).where(*BY_LINK)
FIND_ADDRESS = select(places.c.email, places.c.client_id).where(*BY_ADDRESS)
TAKE_ADDRESS = delete(places).where(*BY_ADDRESS)
REMOVE = delete(places).where(OF_PLACE)
ORDER = Order(
    (WaitingPlace.confirmed_at, WaitingPlace.id),
    values=lambda at: (datetime.fromisoformat(at[0]), at[1]),
)
BY_ASKING = Order(
    (WaitingPlace.asked_at, WaitingPlace.id),
    values=lambda at: (datetime.fromisoformat(at[0]), at[1]),
)
OF_STATE = {
    PlaceState.ASKED: (WaitingPlace.confirmed_at.is_(None),),
    PlaceState.WAITING: (
        WaitingPlace.confirmed_at.is_not(None),
        WaitingPlace.admitted_at.is_(None),
    ),
    PlaceState.ADMITTED: (
        WaitingPlace.confirmed_at.is_not(None),
        WaitingPlace.admitted_at.is_not(None),
    ),
}


class NotWaiting(IdpError):
    """Places that do not wait: they were let in or left, or there are none."""

    code = "not_waiting"
    status = HTTPStatus.CONFLICT
    title = "Nobody of these waits for a place any more."


class NoSuchPlace(IdpError):
    """A place that does not exist."""

    code = "no_such_place"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such place on the waitlist."


@dataclass(frozen=True)
class ListedPlace:
    """A place, as operators see it."""

    id: str
    email: str
    note: str | None
    client_id: str | None
    state: PlaceState
    asked_at: datetime
    confirmed_at: datetime | None
    admitted_at: datetime | None
    admitted_until: datetime | None


def list_places(
    request: PageRequest, *, state: PlaceState = PlaceState.WAITING, text: str = ""
) -> Page[ListedPlace]:
    """Return one page of the places in a state, the first in line first.

    ``text`` is the beginning of an address, or a part of a note.
    """
    of = f"waitlist:{state}:{text}"
    order = BY_ASKING if state is PlaceState.ASKED else ORDER
    found = select(WaitingPlace).where(WaitingPlace.left_at.is_(None), *OF_STATE[state])
    if text:
        begins = WaitingPlace.email_key.startswith(text.lower(), autoescape=True)
        noted = WaitingPlace.note.icontains(text, autoescape=True)
        found = found.where(or_(begins, noted))
    wanted = seek(found, order, request=request, of=of)
    rows = [_listed(row) for row in db.session.scalars(wanted)]
    return page_of(
        rows,
        request,
        of=of,
        position=lambda row: (
            (
                (row.confirmed_at if order is ORDER else None) or row.asked_at
            ).isoformat(),
            row.id,
        ),
    )


def let_in(place_ids: Collection[str], *, by: str) -> list[str]:
    """Mail the owners of places the link that opens the sign-up; return who waited.

    Raises NotWaiting where none did.
    """
    done = [each for each in sorted(set(place_ids)) if _let_in(each, by=by)]
    if not done:
        raise NotWaiting
    return done


def let_in_next(count: int, *, by: str) -> list[str]:
    """Let the first so many in who wait; raises NotWaiting where nobody does."""
    first = (
        select(places.c.id)
        .where(HERE, places.c.confirmed_at.is_not(None), places.c.admitted_at.is_(None))
        .order_by(places.c.confirmed_at, places.c.id)
        .limit(min(count, MOST_AT_ONCE))
    )
    return let_in(db.session.scalars(first).all(), by=by)


def remove_place(place_id: str, *, by: str) -> None:
    """Take somebody off the list, who is told nothing; raises NoSuchPlace."""
    if not changed_one(REMOVE, {"of_place": place_id}):
        raise NoSuchPlace
    audit.record("registration.place.removed", by=by, place_id=place_id)


def find_admission(token: str) -> Admission | None:
    """Return what a mailed link lets in; None when it is used or over.

    Of two sign-ups at once that spend it one succeeds.
    """
    shown = {"digest": digest(token) if token.isascii() else "", "now": utcnow()}
    place = db.session.execute(FIND, shown).one_or_none()
    return _admission(place, spend=partial(changed_one, TAKE, shown))


def find_admission_of(address: str) -> Admission | None:
    """Return the same of an address that was proven by another word than the mail."""
    known = {"key": email_key(address), "now": utcnow()}
    place = db.session.execute(FIND_ADDRESS, known).one_or_none()
    return _admission(place, spend=partial(changed_one, TAKE_ADDRESS, known))


def _let_in(place_id: str, *, by: str) -> bool:
    """Let one in; False for one who does not wait."""
    token, now = new_token(), utcnow()
    until = now + OPEN_FOR
    values = {"of_place": place_id, "now": now, "until": until}
    values |= {"new_digest": digest(token)}
    row = db.session.execute(LET_IN, values).one_or_none()
    if row is None:
        return False
    onward = _way_back(row.client_id)
    query = urlencode({"admit": token, **onward})
    outbox.send(
        "waitlist_admitted",
        to=row.email,
        link=f"{current(ServerSettings).issuer}/register?{query}",
        expires_at=until,
        display_name=None,
        locales=(row.language,),
        return_to=onward.get("return_to", ""),
    )
    audit.record("registration.place.admitted", by=by, place_id=place_id)
    return True


def _way_back(client_id: str | None) -> dict[str, str]:
    """Return where a sign-up leads of who came from an app: a page that names it."""
    if client_id is None:
        return {}
    return {"return_to": f"{WELCOME}?{urlencode({'client_id': client_id})}"}


def _admission(
    place: Row[*tuple[Any, ...]] | None, *, spend: Callable[[], bool]
) -> Admission | None:
    """Return what lets the owner of a place in, if there is one.

    The app that they came from still says who signs up on the way there.
    """
    if place is None:
        return None
    return Admission(
        Opener.WAITLIST,
        address=place.email,
        proves_address=True,
        client_id=place.client_id,
        spend=spend,
    )


def _listed(row: WaitingPlace) -> ListedPlace:
    """Return a place as it is listed."""
    told = {
        one.name: getattr(row, one.name)
        for one in fields(ListedPlace)
        if one.name != "state"
    }
    return ListedPlace(**told, state=state_of(row))
