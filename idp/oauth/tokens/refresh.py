"""Refresh tokens: families of them, rotated in place (security.md §2).

A client holds ``<family id>.<generation>.<mac>``. Nothing usable is stored, and every
token that was ever issued can be recognised, so reuse is told apart from a guess.

``judge`` says what a token is worth, ``find`` acts on reuse, ``rotate`` spends.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select, update

from idp.accounts.sessions.lifetimes import SessionUse, touch_by_program
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.core.randomness import new_id, new_salt
from idp.core.sealing import Keyring
from idp.oauth.clients.view import ClientView
from idp.oauth.models import RefreshFamily
from idp.oauth.settings import OAuthSettings
from idp.oauth.tokens.grant_revocation import revoke_grant
from idp.oauth.tokens.grants import (
    IN_CONTEXT,
    SNAPSHOT,
    GrantSnapshot,
    grants,
    sessions,
    users,
)
from idp.organizations.contexts.places import memberships
from idp.organizations.contexts.policies import end_in_context, idle_seconds_in
from idp.security import audit

families = table_of(RefreshFamily)
TOKEN = re.compile(r"([0-9a-f]{32})\.([0-9]{1,9})\.([A-Za-z0-9_-]{43})")
PURPOSE = "refresh_token"
REUSED = "reused"
AHEAD = "ahead"
WRONG_CLIENT = "wrong_client"
EVENTS = {
    REUSED: "refresh.reused",
    AHEAD: "refresh.ahead",
    WRONG_CLIENT: "client.auth.fail",
}

# Of the session that a grant ends with; of an offline grant there is none.
SESSION_USE = [
    sessions.c[name].label(f"session_{name}") for name in SessionUse.__annotations__
]
FIND = Prepared(
    select(
        families.c.id,
        families.c.client_id,
        families.c.salt,
        families.c.generation,
        families.c.rotated_at,
        families.c.idle_expires_at,
        families.c.expires_at,
        families.c.revoked_at,
        *SNAPSHOT,
        *SESSION_USE,
    )
    .join_from(families, grants, families.c.grant_id == grants.c.id)
    .join(users, grants.c.user_id == users.c.id)
    .outerjoin(memberships, IN_CONTEXT)
    .outerjoin(
        sessions,
        (grants.c.browser_session_id == sessions.c.id) & grants.c.offline.is_(False),
    )
    .where(families.c.id == bindparam("family_id"))
)
FAMILY_WIDTH = 8
GRANT_END = FAMILY_WIDTH + len(SNAPSHOT)
ADD = Prepared(insert(families))
ROTATE = Prepared(
    update(families)
    .where(families.c.id == bindparam("family_id"), families.c.revoked_at.is_(None))
    .where(families.c.generation == bindparam("spent"))
    .values(
        generation=families.c.generation + 1,
        rotated_at=bindparam("now"),
        idle_expires_at=bindparam("idle_until"),
    )
)


@dataclass(frozen=True, slots=True)
class Family:
    """A row of ``refresh_families``."""

    id: str
    client_id: str
    salt: bytes
    generation: int
    rotated_at: datetime | None
    idle_expires_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def ended(self, now: datetime) -> bool:
        """Tell whether no token of it is worth anything."""
        expired = self.idle_expires_at <= now or self.expires_at <= now
        return expired or self.revoked_at is not None

    def within_grace(self, now: datetime) -> bool:
        """Tell whether the answer that rotated it may still be under way."""
        if self.rotated_at is None:
            return False
        grace = timedelta(seconds=current(OAuthSettings).refresh_grace_seconds)
        return now - self.rotated_at <= grace


@dataclass(frozen=True, slots=True)
class Usable:
    """A genuine token of a live family.

    It is the ``newest``, or its immediate predecessor within the grace: the answer that
    rotated it may have been lost. ``session`` is the one that the grant ends with.
    """

    presented: str
    family: Family
    grant: GrantSnapshot
    newest: bool
    session: SessionUse | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A token that is worth nothing: unknown, wrong_client, ended, reused or ahead.

    One that is ahead moved on after the backup that this database was restored from.
    """

    reason: str
    grant: GrantSnapshot | None = None

    @property
    def foreign(self) -> bool:
        """Tell whether it was issued to another client."""
        return self.reason == WRONG_CLIENT


def start_family(grant: GrantSnapshot, *, client: ClientView, now: datetime) -> str:
    """Store a family for a grant and return its first token.

    It ends with the grant, sooner where the client is to sign in more often.
    """
    family_id, salt = new_id(), new_salt()
    row = {
        "id": family_id,
        "grant_id": grant.grant_id,
        "client_id": client.client_id,
        "salt": salt,
        "generation": 0,
        "idle_expires_at": _idle_until(now, client, grant=grant),
        "expires_at": _expires_at(grant, client, now=now),
    }
    ADD.run(row)
    return _token_of(family_id, 0, salt=salt)


def judge(presented: str, *, client_id: str, in_unit: bool = True) -> Usable | Rejected:
    """Say what the raw value a client presented is worth; nothing is written.

    ``in_unit`` asks within the unit of work instead of beside it.
    """
    parts = TOKEN.fullmatch(presented)
    find_row = FIND.one_or_none if in_unit else FIND.read
    row = parts and find_row({"family_id": parts[1]})
    if not parts or not row:
        return Rejected("unknown")
    family = Family(*row[:FAMILY_WIDTH])
    grant = GrantSnapshot(*row[FAMILY_WIDTH:GRANT_END])
    session = SessionUse(*row[GRANT_END:]) if row[GRANT_END] else None
    generation, now = int(parts[2]), utcnow()
    message = _signed_part(family.id, generation, salt=family.salt)
    if not current(Keyring).genuine(PURPOSE, message, presented=parts[3]):
        return Rejected("unknown")
    if family.client_id != client_id:
        return Rejected(WRONG_CLIENT, grant)
    over = family.ended(now) or not grant.live(now) or _outlived(grant, now)
    if over or (session and not session.live(now)):
        return Rejected("ended", grant)
    newest = generation == family.generation
    if newest or (generation == family.generation - 1 and family.within_grace(now)):
        return Usable(presented, family, grant, newest, session)
    return Rejected(AHEAD if generation > family.generation else REUSED, grant)


def find(presented: str, *, client_id: str) -> Usable | Rejected:
    """Judge a token that is about to be used.

    A genuine one that was spent before is a theft signal: its grant is revoked, and the
    entry point commits that although the answer is an error. One that is ahead ends its
    grant too, for the token of the backup may be in other hands, but is no alarm. A
    guess, and another client's token, revoke nothing.
    """
    found = judge(presented, client_id=client_id)
    if isinstance(found, Usable):
        return found
    if found.reason in (REUSED, AHEAD) and found.grant:
        revoke_grant(found.grant.grant_id)
    if found.reason in EVENTS:
        audit.record(
            EVENTS[found.reason],
            outcome="refused",
            client_id=client_id,
            user_id=found.grant.user_id if found.grant else None,
            reason=found.reason,
        )
    return found


def rotate(found: Usable, *, client: ClientView) -> str | Rejected:
    """Spend a token and return its successor.

    Of two requests at once one changes the row. The other looks again and, within the
    grace, finds the predecessor: it is given the winner's successor, which is computed,
    not stored, so two tabs that refresh at once both survive. It is a use of the
    session, whose row is written first: what ends a session does so in this order.
    """
    family = found.family
    if not found.newest:
        return _token_of(family.id, family.generation, salt=family.salt)
    if found.session:
        touch_by_program(found.session)
    now = utcnow()
    spent = {"family_id": family.id, "spent": family.generation}
    if ROTATE.changes_one(
        {**spent, "now": now, "idle_until": _idle_until(now, client, grant=found.grant)}
    ):
        return _token_of(family.id, family.generation + 1, salt=family.salt)
    again = find(found.presented, client_id=family.client_id)
    if isinstance(again, Rejected):
        return again
    return Rejected("ended") if again.newest else rotate(again, client=client)


def _token_of(family_id: str, generation: int, *, salt: bytes) -> str:
    """Return the token of one generation."""
    mac = current(Keyring).mac(PURPOSE, _signed_part(family_id, generation, salt=salt))
    return f"{family_id}.{generation}.{mac}"


def _signed_part(family_id: str, generation: int, *, salt: bytes) -> str:
    """Return what the MAC of a token covers."""
    return f"{family_id}.{generation}.{salt.hex()}"


def _outlived(grant: GrantSnapshot, now: datetime) -> bool:
    """Tell whether a policy of its organization wants a newer sign-in by now."""
    until = end_in_context(grant.organization_id, auth_time=grant.auth_time)
    return until is not None and until <= now


def _idle_until(now: datetime, client: ClientView, *, grant: GrantSnapshot) -> datetime:
    """Return when a token that is not used ends."""
    ceiling = current(OAuthSettings).refresh_idle_seconds
    there = idle_seconds_in(grant.organization_id)
    bounds = (ceiling, client.refresh_idle_seconds or ceiling, there or ceiling)
    return now + timedelta(seconds=min(bounds))


def _expires_at(grant: GrantSnapshot, client: ClientView, *, now: datetime) -> datetime:
    """Return when a family ends, used or not."""
    if client.refresh_lifetime_seconds is None:
        return grant.expires_at
    until = now + timedelta(seconds=client.refresh_lifetime_seconds)
    return min(grant.expires_at, until)
