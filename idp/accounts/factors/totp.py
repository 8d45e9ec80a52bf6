"""Codes of authenticator apps (RFC 6238): six digits, thirty seconds, SHA-1.

A code of one step before or after is right too, for clocks that differ; one time step
is used once. A new app counts once it has shown a code; until then the old one does.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyotp
from sqlalchemy import Row, bindparam, delete, insert, select, update

from idp.accounts.factors.locks import count_try
from idp.accounts.models import TotpSecret
from idp.accounts.sessions.proofs import Method
from idp.accounts.users import hold_user
from idp.core.branding.instance import issuer_name
from idp.core.clock import unix, utcnow
from idp.core.context import current
from idp.core.db import changed_one, db, table_of
from idp.core.randomness import new_id, same
from idp.core.sealing import Keyring, SealedColumn

STEP_SECONDS = 30
DRIFT = (0, -1, 1)
CODE = re.compile(r"[0-9]{6}")

secrets = table_of(TotpSecret)
SEALED = SealedColumn(secrets.c.sealed, "totp:{id}")

OF_USER = secrets.c.user_id == bindparam("of_user")
IN_USE = (OF_USER, secrets.c.confirmed_at.is_not(None), secrets.c.removed_at.is_(None))
WAITING = (OF_USER, secrets.c.confirmed_at.is_(None))
COLUMNS = select(secrets.c.id, secrets.c.sealed, secrets.c.last_step)
FIND = COLUMNS.where(*IN_USE)
FIND_WAITING = COLUMNS.where(*WAITING)
THIS = secrets.c.id == bindparam("of_secret")
USE_STEP = (
    update(secrets)
    .where(
        THIS, secrets.c.last_step < bindparam("step"), secrets.c.removed_at.is_(None)
    )
    .values(last_step=bindparam("step"), last_used_at=bindparam("now"))
)
CONFIRM = (
    update(secrets)
    .where(THIS, secrets.c.confirmed_at.is_(None))
    .values(
        confirmed_at=bindparam("now"),
        last_used_at=bindparam("now"),
        last_step=bindparam("step"),
    )
)
REMOVE = (
    update(secrets)
    .where(*IN_USE)
    .values(removed_at=bindparam("now"))
    .returning(secrets.c.id)
)
REMOVE_SINCE = (
    update(secrets)
    .where(*IN_USE, secrets.c.confirmed_at >= bindparam("moment"))
    .values(removed_at=bindparam("now"))
)
BRING_BACK = (
    update(secrets)
    .where(OF_USER, secrets.c.confirmed_at < bindparam("moment"))
    .where(secrets.c.removed_at >= bindparam("moment"))
    .values(removed_at=None)
)
SINCE = select(secrets.c.confirmed_at).where(*IN_USE)


@dataclass(frozen=True)
class TotpKey:
    """What an authenticator app is to be told, by a picture or by hand."""

    secret: str
    url: str

    @property
    def grouped(self) -> str:
        """The secret in groups of four, as people copy it."""
        return " ".join(re.findall(".{1,4}", self.secret))


def start(user_id: str, *, account: str) -> TotpKey:
    """Make a secret that waits for its first code; an older one that waits is void.

    ``account`` is what the app calls it.
    """
    hold_user(user_id)
    db.session.execute(delete(secrets).where(*WAITING), {"of_user": user_id})
    row_id, secret = new_id(), pyotp.random_base32()
    row = {
        "id": row_id,
        "user_id": user_id,
        "sealed": current(Keyring).seal(
            secret.encode(), bound_to=SEALED.bound_to(id=row_id)
        ),
        "last_step": 0,
        "created_at": utcnow(),
    }
    db.session.execute(insert(secrets).values(row))
    return _told(secret, account=account)


def find_waiting(user_id: str, *, account: str) -> TotpKey | None:
    """Return the secret that waits for its first code."""
    row = db.session.execute(FIND_WAITING, {"of_user": user_id}).one_or_none()
    return _told(_open(row), account=account) if row else None


def in_use_since(user_id: str) -> datetime | None:
    """Return when the app that counts was confirmed, None where there is none."""
    return db.session.execute(SINCE, {"of_user": user_id}).scalar_one_or_none()


def is_right(user_id: str, code: str) -> bool:
    """Tell whether a code could be used now; nothing is counted."""
    row = db.session.execute(FIND, {"of_user": user_id}).one_or_none()
    return row is not None and _step_of(row, code) is not None


def check(user_id: str, code: str) -> bool:
    """Tell whether a code is right, and use its time step up.

    Counted before it is judged; raises RateLimited while the factor is locked.
    """
    tried = count_try(user_id, Method.TOTP)
    row = db.session.execute(FIND, {"of_user": user_id}).one_or_none()
    step = _step_of(row, code) if row else None
    used = {"of_secret": row.id if row else "", "step": step, "now": utcnow()}
    if step is None or not changed_one(USE_STEP, used):
        tried.failed()
        return False
    tried.passed()
    return True


def confirm(user_id: str, code: str, *, now: datetime) -> str | None:
    """Let the app that waits count, in place of the one before; None for a wrong code.

    Return the id of its secret. Counted as ``check`` does.
    """
    tried = count_try(user_id, Method.TOTP)
    row = db.session.execute(FIND_WAITING, {"of_user": user_id}).one_or_none()
    step = _step_of(row, code) if row else None
    if row is None or step is None:
        tried.failed()
        return None
    remove(user_id, now=now)
    db.session.execute(CONFIRM, {"of_secret": row.id, "step": step, "now": now})
    tried.passed()
    secret_id: str = row.id
    return secret_id


def remove(user_id: str, *, now: datetime) -> str | None:
    """Let a user's app count no more; return its id, None when there is none."""
    values = {"of_user": user_id, "now": now}
    return db.session.execute(REMOVE, values).scalar_one_or_none()


def restore(user_id: str, moment: datetime) -> set[str]:
    """Put a user's app back to the one of before a moment; return its kind, if any.

    One that waits for its first code is void.
    """
    values = {"of_user": user_id, "moment": moment, "now": utcnow()}
    db.session.execute(delete(secrets).where(*WAITING), values)
    db.session.execute(REMOVE_SINCE, values)
    db.session.execute(BRING_BACK, values)
    there = db.session.execute(FIND, values).one_or_none() is not None
    return {Method.TOTP.value} if there else set()


def _step_of(row: Row[*tuple[Any, ...]], code: str) -> int | None:
    """Return the time step, not used yet, that a code is of; None when it is wrong."""
    if not CODE.fullmatch(code):
        return None
    shown, now = pyotp.TOTP(_open(row)), unix(utcnow()) // STEP_SECONDS
    right = [
        now + drift for drift in DRIFT if same(shown.generate_otp(now + drift), code)
    ]
    return next((step for step in right if step > row.last_step), None)


def _open(row: Row[*tuple[Any, ...]]) -> str:
    """Return the secret of a row."""
    bound_to = SEALED.bound_to(id=row.id)
    return current(Keyring).open(row.sealed, bound_to=bound_to).decode()


def _told(secret: str, *, account: str) -> TotpKey:
    """Return a secret as apps read it (the otpauth scheme of Key URI Format)."""
    issuer = issuer_name()
    url = pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)
    return TotpKey(secret, url)
