"""Links and codes that work once: issue, look at, spend.

A token has one purpose, and every look-up names it: what confirms an address cannot
sign anybody in. Spending is one guarded UPDATE, so that of two requests one wins.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from idp.accounts.models import OneTimeToken, User
from idp.accounts.users import hold_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.randomness import digest, new_digits, new_id, new_token
from idp.core.sealing import Keyring

CODE_DIGITS = 6
MAX_CODE_TRIES = 5
CODE = re.compile(f"[0-9]{{{CODE_DIGITS}}}")
MAC_PURPOSE = "one-time-code"
EMAIL_VERIFICATION = "email_verification"
PASSWORD_RESET = "password_reset"  # noqa: S105 - the purpose of a link
PASSWORD_SET = "password_set"  # noqa: S105 - the purpose of a link
MAGIC_LINK = "magic_link"
BOUND_TO = "bound_to"  # in the data: the digest of what who asked keeps

tokens, users = table_of(OneTimeToken), table_of(User)

PENDING = (
    tokens.c.purpose == bindparam("of_purpose"),
    tokens.c.used_at.is_(None),
    tokens.c.expires_at > bindparam("now"),
)
FIND = select(tokens).where(tokens.c.token_digest == bindparam("digest"), *PENDING)
FIND_USED = select(tokens.c.user_id, tokens.c.data).where(
    tokens.c.token_digest == bindparam("digest"),
    tokens.c.purpose == bindparam("of_purpose"),
    tokens.c.used_at.is_not(None),
    tokens.c.expires_at > bindparam("now"),
)
HOLD_OWNER = (
    select(users.c.id)
    .join_from(tokens, users)
    .where(tokens.c.token_digest == bindparam("digest"), *PENDING)
    .with_for_update(key_share=True, of=users)
)
SPEND = (
    update(tokens)
    .where(tokens.c.token_digest == bindparam("digest"), *PENDING)
    .values(used_at=bindparam("now"))
    .returning(tokens.c.user_id, tokens.c.data)
)
TRY_CODE = (
    update(tokens)
    .where(tokens.c.user_id == bindparam("of_user"), *PENDING)
    .where(tokens.c.code_mac.is_not(None), tokens.c.code_tries < MAX_CODE_TRIES)
    .values(code_tries=tokens.c.code_tries + 1)
    .returning(tokens.c.id, tokens.c.token_digest, tokens.c.code_mac)
)

WITH_CODE = select(tokens).where(
    tokens.c.user_id == bindparam("of_user"),
    *PENDING,
    tokens.c.code_mac.is_not(None),
    tokens.c.code_tries < MAX_CODE_TRIES,
)
HELD = tokens.c.data[BOUND_TO].as_string().in_(bindparam("held", expanding=True))
WITH_BOUND_CODE = WITH_CODE.where(HELD)
TRY_BOUND_CODE = TRY_CODE.where(HELD)


@dataclass(frozen=True)
class IssuedToken:
    """What goes into a mail; only fingerprints of it are kept."""

    token: str
    code: str
    expires_at: datetime


@dataclass(frozen=True)
class PendingToken:
    """A token that could be spent now."""

    user_id: str
    data: dict[str, Any]
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class SpentToken:
    """A token that this request has spent."""

    user_id: str
    data: dict[str, Any]


def issue(
    user_id: str,
    *,
    purpose: str,
    seconds: int,
    data: dict[str, Any] | None = None,
    beside_others: bool = False,
) -> IssuedToken:
    """Make a link token and its code; what was pending for the purpose is void.

    Unless it is to hold ``beside_others``, which a mail may have brought already.
    """
    if not beside_others:
        withdraw(user_id, purpose=purpose)
    row_id, token, code = new_id(), new_token(), new_digits(CODE_DIGITS)
    now = utcnow()
    row = OneTimeToken(
        id=row_id,
        purpose=purpose,
        token_digest=digest(token),
        code_mac=current(Keyring).mac(MAC_PURPOSE, f"{row_id}:{code}"),
        user_id=user_id,
        data=data or {},
        created_at=now,
        expires_at=now + timedelta(seconds=seconds),
    )
    db.session.add(row)
    db.session.flush()
    return IssuedToken(token, code, row.expires_at)


def find_pending(token: str, *, purpose: str) -> PendingToken | None:
    """Say what a link is about; looking changes nothing, however often."""
    values = {"digest": _fingerprint(token), "of_purpose": purpose, "now": utcnow()}
    return _as_pending(db.session.execute(FIND, values).one_or_none())


def find_used(token: str, *, purpose: str) -> SpentToken | None:
    """Say what a link has done, until it would have been too old."""
    values = {"digest": _fingerprint(token), "of_purpose": purpose, "now": utcnow()}
    row = db.session.execute(FIND_USED, values).one_or_none()
    return SpentToken(row.user_id, row.data) if row else None


def keep_used(
    token_digest: str, *, user_id: str, purpose: str, data: dict[str, Any], seconds: int
) -> None:
    """Remember a link that was spent elsewhere, for who opens it again."""
    now = utcnow()
    row = OneTimeToken(
        token_digest=token_digest,
        purpose=purpose,
        user_id=user_id,
        data=data,
        expires_at=now + timedelta(seconds=seconds),
        used_at=now,
    )
    db.session.add(row)
    db.session.flush()


def find_newest(user_id: str, *, purpose: str) -> PendingToken | None:
    """Return the newest pending token of a user for a purpose."""
    newest = (
        select(tokens)
        .where(tokens.c.user_id == user_id, *PENDING)
        .order_by(tokens.c.created_at.desc(), tokens.c.id.desc())
        .limit(1)
    )
    values = {"of_purpose": purpose, "now": utcnow()}
    return _as_pending(db.session.execute(newest, values).one_or_none())


def find_by_code(
    user_id: str, code: str, *, purpose: str, bound_to: Sequence[str] | None = None
) -> PendingToken | None:
    """Return what a user's code would spend; looking counts no try.

    Of those ``bound_to`` what the caller holds, where that is said.
    """
    values = {"of_user": user_id, "of_purpose": purpose, "now": utcnow()}
    statement = WITH_CODE if bound_to is None else WITH_BOUND_CODE
    held = {} if bound_to is None else {"held": list(bound_to)}
    for row in db.session.execute(statement, values | held).all():
        if _is_code_of(row, code):
            return _as_pending(row)
    return None


def spend(token: str, *, purpose: str) -> SpentToken | None:
    """Take a link's token once; None when it is unknown, used, expired, of another use.

    The other pending tokens of the same user and purpose go with it. The user is held
    from then on: what a token opens mostly changes it.
    """
    found = _fingerprint(token)
    values = {"digest": found, "of_purpose": purpose, "now": utcnow()}
    held = db.session.execute(HOLD_OWNER, values).one_or_none()
    return _spend_digest(found, purpose=purpose) if held else None


def spend_code(
    user_id: str, code: str, *, purpose: str, bound_to: Sequence[str] | None = None
) -> SpentToken | None:
    """Take a user's code once. The try is counted first, so no burst of guesses helps.

    After five tries only the link is left. The caller commits a refusal too. Codes that
    are bound to something else than what the caller holds are not tried.
    """
    if not CODE.fullmatch(code):
        return None
    hold_user(user_id)
    values = {"of_user": user_id, "of_purpose": purpose, "now": utcnow()}
    statement = TRY_CODE if bound_to is None else TRY_BOUND_CODE
    held = {} if bound_to is None else {"held": list(bound_to)}
    for row in db.session.execute(statement, values | held).all():
        if _is_code_of(row, code):
            return _spend_digest(row.token_digest, purpose=purpose)
    return None


def withdraw(user_id: str, *, purpose: str) -> None:
    """Delete what a user has pending for a purpose."""
    unused = delete(tokens).where(
        tokens.c.user_id == user_id,
        tokens.c.purpose == purpose,
        tokens.c.used_at.is_(None),
    )
    db.session.execute(unused)


def withdraw_bound(user_id: str, *, purpose: str, bound_to: str) -> None:
    """Delete what is pending of that for one who asked."""
    unused = delete(tokens).where(
        tokens.c.user_id == user_id,
        tokens.c.purpose == purpose,
        tokens.c.used_at.is_(None),
        tokens.c.data[BOUND_TO].as_string() == bound_to,
    )
    db.session.execute(unused)


def withdraw_all(user_id: str) -> None:
    """Delete whatever a user has pending: the mailbox it went to counts no more."""
    unused = delete(tokens).where(
        tokens.c.user_id == user_id, tokens.c.used_at.is_(None)
    )
    db.session.execute(unused)


def _is_code_of(row: Row[*tuple[Any, ...]], code: str) -> bool:
    """Tell whether a code, which may be any text, is the one of a row."""
    return CODE.fullmatch(code) is not None and current(Keyring).genuine(
        MAC_PURPOSE, f"{row.id}:{code}", presented=row.code_mac
    )


def _spend_digest(token_digest: str, *, purpose: str) -> SpentToken | None:
    """Mark one token as used and withdraw its siblings."""
    values = {"digest": token_digest, "of_purpose": purpose, "now": utcnow()}
    row = db.session.execute(SPEND, values).one_or_none()
    if row is None:
        return None
    withdraw(row.user_id, purpose=purpose)
    return SpentToken(row.user_id, row.data)


def _as_pending(row: Row[Any] | None) -> PendingToken | None:
    """Return a row as what pages may know of it."""
    if row is None:
        return None
    return PendingToken(row.user_id, row.data, row.created_at, row.expires_at)


def _fingerprint(token: str) -> str:
    """Return the digest of what a browser sent, which may be any text."""
    return digest(token) if token.isascii() else ""
