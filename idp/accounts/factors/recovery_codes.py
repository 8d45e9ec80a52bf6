"""Ten codes, each good for once, for who has lost the authenticator."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from idp.accounts.factors.locks import count_try
from idp.accounts.models import RecoveryCode
from idp.accounts.sessions.proofs import Method
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db, table_of
from idp.core.randomness import new_id, new_password
from idp.core.sealing import Keyring, SealedColumn
from idp.core.text import in_one_piece

HOW_MANY = 10
MAC_PURPOSE = "recovery-code"
CODE = re.compile("[a-z0-9]{10}")

codes = table_of(RecoveryCode)
SEALED = SealedColumn(codes.c.keys_sealed, "recovery_code:{id}")

UNUSED = (codes.c.user_id == bindparam("of_user"), codes.c.used_at.is_(None))
FIND = select(codes.c.id, codes.c.mac, codes.c.keys_sealed).where(*UNUSED)
COUNT = select(func.count()).select_from(codes).where(*UNUSED)
MADE_AT = select(func.max(codes.c.created_at)).where(
    codes.c.user_id == bindparam("of_user")
)
USE = (
    update(codes)
    .where(codes.c.id == bindparam("of_code"), codes.c.used_at.is_(None))
    .values(used_at=bindparam("now"))
)


def make(user_id: str) -> list[str]:
    """Return ten new codes, to be shown once; those before are void.

    The caller holds the user.
    """
    withdraw(user_id)
    now, made = utcnow(), [new_password(groups=2, length=5) for _ in range(HOW_MANY)]
    rows = [_row_of(code, user_id=user_id, now=now) for code in made]
    db.session.execute(insert(codes), rows)
    return [code.upper() for code in made]


def count_left(user_id: str) -> int:
    """Return how many codes were not used yet."""
    left: int = db.session.execute(COUNT, {"of_user": user_id}).scalar_one()
    return left


def made_at(user_id: str) -> datetime | None:
    """Return when a user's codes were made."""
    made: datetime | None = db.session.execute(
        MADE_AT, {"of_user": user_id}
    ).scalar_one()
    return made


def is_right(user_id: str, code: str) -> bool:
    """Tell whether a code could be used now; nothing is counted."""
    return next(_fitting(user_id, code), None) is not None


def use(user_id: str, code: str) -> bool:
    """Take a code once; False when it is none, or was used.

    Counted before it is judged; raises RateLimited while the factor is locked.
    """
    tried = count_try(user_id, Method.RECOVERY_CODE)
    for code_id in _fitting(user_id, code):
        if changed_one(USE, {"of_code": code_id, "now": utcnow()}):
            tried.passed()
            return True
    tried.failed()
    return False


def withdraw(user_id: str) -> None:
    """Delete a user's codes."""
    db.session.execute(delete(codes).where(codes.c.user_id == user_id))


def seal_keys(row_id: str) -> bytes:
    """Seal what the MAC of a code may have been made by, to be kept beside it.

    Codes lie in drawers for years: they outlive a secret that is replaced.
    """
    bound_to = SEALED.bound_to(id=row_id)
    return current(Keyring).seal_mac_keys(MAC_PURPOSE, bound_to=bound_to)


def _fitting(user_id: str, code: str) -> Iterator[str]:
    """Return the row of a code, however it is typed."""
    typed = in_one_piece(code).lower()
    if not CODE.fullmatch(typed):
        return
    for row in db.session.execute(FIND, {"of_user": user_id}).all():
        if _is_genuine(row, _signed(row.id, typed)):
            yield row.id


def _is_genuine(row: Row[*tuple[Any, ...]], signed: str) -> bool:
    """Tell whether a row is of a code: by the keys beside it, or those of today."""
    if row.keys_sealed is None:
        return current(Keyring).genuine(MAC_PURPOSE, signed, presented=row.mac)
    bound_to = SEALED.bound_to(id=row.id)
    return current(Keyring).genuine_under(
        row.keys_sealed, signed, presented=row.mac, bound_to=bound_to
    )


def _row_of(code: str, *, user_id: str, now: datetime) -> dict[str, object]:
    """Return what is kept of a code."""
    row_id = new_id()
    mac = current(Keyring).mac(MAC_PURPOSE, _signed(row_id, in_one_piece(code)))
    keys = seal_keys(row_id)
    row = {"id": row_id, "user_id": user_id, "mac": mac, "created_at": now}
    return {**row, "keys_sealed": keys}


def _signed(row_id: str, code: str) -> str:
    """Return what the MAC of a code is over."""
    return f"{row_id}:{code}"
