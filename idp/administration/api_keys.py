"""API keys: what programs of operators call the API with.

A key holds permissions of the table (accounts.access.permissions) that whoever made it
holds, and loses what they lose. It is shown once; its digest is stored.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select, update

from idp.accounts.access.permissions import (
    OPERATOR,
    OWNERS_ALONE,
    Authority,
    Permission,
    authority_of,
)
from idp.accounts.access.principal import Machine
from idp.accounts.access.roles import PermissionBeyond
from idp.accounts.errors import InvalidInput
from idp.accounts.models import User, UserStatus
from idp.administration.models import ApiKey
from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of
from idp.core.errors import FieldError, IdpError
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek
from idp.core.prepared import Prepared
from idp.core.randomness import digest, new_token
from idp.core.text import name_flaw
from idp.security import audit

MARK = "idpk_"
SHOWN = len(MARK) + 6  # characters of a key that lists show
LONGEST_NAME = 100
LONGEST = timedelta(days=366)
USUAL = timedelta(days=90)
USE_NOTED_EVERY = timedelta(minutes=5)
OF = "api-keys"

keys, users = table_of(ApiKey), table_of(User)


class KeyRow(NamedTuple):
    """What is read of a key and of whoever made it."""

    id: str
    permissions: list[str]
    created_by: str | None
    last_used_at: datetime | None
    roles: list[str] | None
    status: str | None


FIND = Prepared(
    select(
        keys.c.id,
        keys.c.permissions,
        keys.c.created_by,
        keys.c.last_used_at,
        users.c.roles,
        users.c.status,
    )
    .join_from(keys, users, keys.c.created_by == users.c.id, isouter=True)
    .where(
        keys.c.digest == bindparam("digest"),
        keys.c.revoked_at.is_(None),
        keys.c.expires_at > bindparam("now"),
    ),
    KeyRow,
)
NOTE_USE = (
    update(keys)
    .where(keys.c.id == bindparam("of_key"))
    .where(or_(keys.c.last_used_at.is_(None), keys.c.last_used_at < bindparam("due")))
    .values(last_used_at=bindparam("now"), last_ip=bindparam("ip"))
)
REVOKE = (
    update(keys)
    .where(keys.c.id == bindparam("of_key"), keys.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)


class NoSuchApiKey(IdpError):
    """An API key that does not exist, or that is gone by now."""

    code = "no_such_api_key"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such API key."


@dataclass(frozen=True)
class WantedKey:
    """What a key is to be; ``dangerous`` says that it may do what is for owners alone.

    Without ``expires_at`` it is good for ninety days.
    """

    name: str
    permissions: Iterable[str]
    expires_at: datetime | None = None
    dangerous: bool = False


@dataclass(frozen=True)
class MadeKey:
    """A new key with its text, which is told this once."""

    row: ApiKey
    text: str


def is_api_key(token: str) -> bool:
    """Tell whether a bearer token claims to be an API key."""
    return token.startswith(MARK)


def create_api_key(
    wanted: WantedKey,
    *,
    held: frozenset[Permission],
    by: str | None = None,
    text: str | None = None,
) -> MadeKey:
    """Make a key; ``held`` is what its maker may do, ``by`` a user or the operator.

    ``text`` is one that an operator chose. Raises InvalidInput with every mistake, and
    PermissionBeyond.
    """
    now = utcnow()
    expires_at = wanted.expires_at or now + USUAL
    named = list(wanted.permissions)
    errors = list(_mistakes_in(wanted, named, until=expires_at, now=now))
    if errors:
        raise InvalidInput(errors)
    if not {Permission(name) for name in named} <= held:
        raise PermissionBeyond
    text = text or f"{MARK}{new_token()}"
    row = ApiKey(
        name=wanted.name.strip(),
        prefix=text[:SHOWN],
        digest=digest(text),
        permissions=sorted(set(named)),
        created_by=by,
        expires_at=expires_at,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("api_key.created", user_id=by, key_id=row.id, after=_kept_of(row))
    return MadeKey(row, text)


def list_api_keys(request: PageRequest) -> Page[ApiKey]:
    """Return one page of keys, the newest first."""
    newest = Order((ApiKey.id,), descending=True)
    found = seek(select(ApiKey), newest, request=request, of=OF)
    rows = db.session.scalars(found).all()
    return page_of(rows, request, of=OF, position=lambda row: (row.id,))


def all_api_keys() -> Sequence[ApiKey]:
    """Return every key, the newest first."""
    return db.session.scalars(select(ApiKey).order_by(ApiKey.id.desc())).all()


def get_api_key(key_id: str) -> ApiKey:
    """Return a key, also one that has ended; raises NoSuchApiKey."""
    row = db.session.get(ApiKey, key_id)
    if row is None:
        raise NoSuchApiKey
    return row


def revoke_api_key(key_id: str, *, by: str | None = None) -> None:
    """End a key for good; raises NoSuchApiKey, also for one that has ended."""
    row = get_api_key(key_id)
    if not changed_one(REVOKE, {"of_key": key_id, "now": utcnow()}):
        raise NoSuchApiKey
    audit.record("api_key.revoked", user_id=by, key_id=key_id, before=_kept_of(row))


def find_machine(text: str, *, ip: str | None) -> tuple[Machine, bool] | None:
    """Return who calls with a key, and whether its use was noted; None for no live one.

    What was noted is to be committed. It may do what it names and its maker may now.
    """
    now = utcnow()
    row = FIND.one_or_none({"digest": digest(text), "now": now})
    if row is None:
        return None
    authority = _authority_of(row).narrowed(row.permissions)
    machine = Machine(f"api_key:{row.id}", authority)
    due = now - USE_NOTED_EVERY
    if row.last_used_at is not None and row.last_used_at >= due:
        return machine, False
    values = {"of_key": row.id, "due": due, "now": now, "ip": ip}
    return machine, changed_one(NOTE_USE, values)


def _authority_of(row: KeyRow) -> Authority:
    """Return what whoever made a key may do now."""
    if row.created_by is None:
        return Authority(OPERATOR)
    if row.status != UserStatus.ACTIVE:
        return Authority()
    return authority_of(row.roles or ())


def _mistakes_in(
    wanted: WantedKey, named: list[str], *, until: datetime, now: datetime
) -> Iterator[FieldError]:
    """Yield what is wrong with what a key is to be."""
    name = wanted.name.strip()
    if not name:
        yield FieldError("name", "missing", word="api_key.name_missing")
    if len(name) > LONGEST_NAME:
        values: dict[str, object] = {"max": LONGEST_NAME}
        yield FieldError("name", "too_long", values=values, word="name.too_long")
    elif name and (flaw := name_flaw(name)):
        yield FieldError("name", flaw)
    if not named:
        yield FieldError("permissions", "missing", word="api_key.permissions_missing")
    unknown = [each for each in named if each not in set(Permission)]
    for each in unknown:
        said = {"permission": each}
        word = "api_key.permission_unknown"
        yield FieldError("permissions", "unknown", values=said, word=word)
    if not unknown and OWNERS_ALONE & set(named) and not wanted.dangerous:
        yield FieldError("dangerous", "required", word="api_key.dangerous")
    if not now < until <= now + LONGEST:
        yield FieldError("expires_at", "invalid", word="api_key.expires_at")


def _kept_of(row: ApiKey) -> dict[str, object]:
    """Return what the audit log keeps of a key."""
    return {
        "name": row.name,
        "permissions": row.permissions,
        "expires_at": row.expires_at.isoformat(),
    }
