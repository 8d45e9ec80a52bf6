"""Challenges: each is answered once, within five minutes, by who asked for it.

Answering is one guarded UPDATE, so that of two requests with one challenge one wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from idp.accounts.models import WebauthnChallenge
from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of
from idp.core.randomness import digest, new_token

LIFETIME = timedelta(minutes=5)

challenges = table_of(WebauthnChallenge)
OPEN = (
    challenges.c.digest,
    challenges.c.purpose,
    challenges.c.challenge,
    challenges.c.user_id,
    challenges.c.new_user_id,
)


class Purpose(StrEnum):
    """What an answer is for: one that was meant for another is worth nothing."""

    ADD = "add"
    ADD_SECOND_STEP = "add_second_step"
    SECOND_FACTOR = "second_factor"
    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    PROVE = "prove"  # once more, or besides what was shown
    NOBODY = "nobody"  # a sign-in under a login that no key belongs to


@dataclass(frozen=True)
class IssuedChallenge:
    """A challenge, and the ticket that goes with its answer."""

    ticket: str = field(repr=False)
    challenge: str


@dataclass(frozen=True)
class OpenChallenge:
    """A challenge that could be answered now; ``user_id`` is who is to answer.

    ``new_user_id`` is who that will be once they have signed up.
    """

    digest: str
    purpose: Purpose
    challenge: str
    user_id: str | None
    new_user_id: str | None


def issue_challenge(
    purpose: Purpose,
    *,
    user_id: str | None = None,
    bound_to: str | None = None,
    new_user_id: str | None = None,
) -> IssuedChallenge:
    """Make a challenge; ``bound_to`` is what has to be shown with its answer."""
    issued = IssuedChallenge(new_token(), new_token())
    row = WebauthnChallenge(
        digest=digest(issued.ticket),
        purpose=purpose.value,
        challenge=issued.challenge,
        user_id=user_id,
        new_user_id=new_user_id,
        bound_to=bound_to,
        expires_at=utcnow() + LIFETIME,
    )
    db.session.add(row)
    db.session.flush()
    return issued


def find_challenge(
    ticket: str, *, purposes: Sequence[Purpose], shown: Sequence[str]
) -> OpenChallenge | None:
    """Return a challenge; None when it is unknown, used, late, foreign or for another.

    ``shown`` is what the caller may be known by. Looking uses nothing up.
    """
    if not ticket.isascii():
        return None
    own = or_(challenges.c.bound_to.is_(None), challenges.c.bound_to.in_(shown))
    found = (
        select(*OPEN)
        .where(challenges.c.digest == digest(ticket), own, *_unused())
        .where(challenges.c.purpose.in_([purpose.value for purpose in purposes]))
    )
    return _open(db.session.execute(found).one_or_none())


def find_newest(
    purpose: Purpose, *, user_id: str, bound_to: str
) -> OpenChallenge | None:
    """Return the newest challenge for a user that is bound to something of theirs."""
    found = (
        select(*OPEN)
        .where(challenges.c.user_id == user_id, challenges.c.bound_to == bound_to)
        .where(challenges.c.purpose == purpose.value, *_unused())
        .order_by(challenges.c.expires_at.desc(), challenges.c.digest)
        .limit(1)
    )
    return _open(db.session.execute(found).one_or_none())


def spend_challenge(asked: OpenChallenge) -> bool:
    """Use up a challenge that was found; False when it was used up since."""
    this = update(challenges).where(challenges.c.digest == asked.digest, *_unused())
    return changed_one(this.values(used_at=utcnow()), {})


def _open(row: Any) -> OpenChallenge | None:
    """Return a row of OPEN as what the rules know of it."""
    if row is None:
        return None
    return OpenChallenge(
        row.digest, Purpose(row.purpose), row.challenge, row.user_id, row.new_user_id
    )


def _unused() -> tuple[ColumnElement[bool], ...]:
    """Say which challenges can still be answered."""
    return (challenges.c.used_at.is_(None), challenges.c.expires_at > utcnow())
