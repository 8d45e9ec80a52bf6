"""Going on without a secret that is lost: what it sealed can be read by nobody.

Nothing here makes an account easier to enter. An authenticator app whose secret is lost
stays enrolled with one that nobody knows, so that the sign-in goes on asking for a
second factor: the user shows another one, or an operator resets the factors.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyotp
from sqlalchemy import Row, bindparam, delete, select, update

from idp.accounts.factors import recovery_codes, totp
from idp.accounts.models import User
from idp.core.caches.versions import Caches
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import table_of
from idp.core.randomness import new_token
from idp.core.sealing import Keyring, SealBroken, SealedColumn
from idp.federation.models import ProviderRow
from idp.federation.providers import secrets as provider_secrets
from idp.federation.providers.rows import hold_providers
from idp.mail import values as mails
from idp.mail.models import OutboxMessage
from idp.oauth.keys import stored as keys
from idp.oauth.keys.rotation import ensure_keys
from idp.oauth.keys.signer import KEYS
from idp.ops.instance import keep_canary, secret_fits
from idp.ops.refusals import Refusal
from idp.ops.secrets.columns import SEALED
from idp.security import audit

NOT_LOST = (
    "The secret is that of this database: nothing is lost. To replace it, see "
    '"idp secrets reseal --help".'
)
SIGNED_BY_KEY = ("private_key_jwt", "apple")
LOST = "the secret was lost"

users, apps, codes = table_of(User), totp.secrets, recovery_codes.codes
mail_rows = table_of(OutboxMessage)
_IN_USE = (apps.c.confirmed_at.is_not(None), apps.c.removed_at.is_(None))
SET_APP = update(apps).where(apps.c.id == bindparam("of_app"))
GIVE_UP = update(mail_rows).where(
    mail_rows.c.id == bindparam("of_mail"),
    mail_rows.c.sent_at.is_(None),
    mail_rows.c.failed_at.is_(None),
)


@dataclass(frozen=True)
class LostValues:
    """How much of what does not open; who has an app, and which providers a secret."""

    counts: dict[str, int]
    people: list[str]
    providers: list[str]


def find_lost() -> LostValues:
    """Return what does not open by any secret given; raises Refusal if nothing is lost.

    Recovery codes are counted that no secret judges any more.
    """
    if secret_fits(connection()):
        raise Refusal(NOT_LOST)
    counts = {
        name: sum(len(_broken(column)) for column in columns)
        for name, columns in SEALED.items()
    }
    counts["recovery codes"] += len(_bare_codes())
    apps_lost = [row.id for row in _broken(totp.SEALED)]
    people = (
        select(users.c.email)
        .join(apps, apps.c.user_id == users.c.id)
        .where(apps.c.id.in_(apps_lost), *_IN_USE)
        .order_by(users.c.email)
    )
    return LostValues(
        counts={name: count for name, count in counts.items() if count},
        people=list(connection().scalars(people)),
        providers=[row.id for row in _broken(provider_secrets.SEALED)],
    )


def recover(lost: LostValues) -> None:
    """Give up what does not open, and make what a server needs; the caller commits.

    Passwords, passkeys, sessions and the secrets of clients are no part of it: they are
    kept as digests, under no secret.
    """
    current(Caches).bump(KEYS)
    hold_providers()
    algorithms = _retire_keys()
    _replace_apps()
    _delete_codes()
    _empty_providers()
    _give_up_mails()
    for name in ("tokens of providers", "sign-ins at providers under way"):
        for column in SEALED[name]:
            _clear(column)
    keep_canary()
    ensure_keys(*algorithms)
    audit.record("secret.recovered", after=lost.counts)


def _broken(sealed: SealedColumn) -> Sequence[Row[Any]]:
    """Return the names of the rows whose value does not open."""
    names = [sealed.column.table.c[name] for name in sealed.names]
    rows: Iterable[Row[Any]] = connection().execute(
        select(*names, sealed.column).where(sealed.column.is_not(None))
    )
    return [row for row in rows if not _opens(sealed, row)]


def _opens(sealed: SealedColumn, row: Row[Any]) -> bool:
    """Tell whether a value opens."""
    named = dict(zip(sealed.names, tuple(row)[:-1], strict=True))
    try:
        current(Keyring).open(row[-1], bound_to=sealed.bound_to(**named))
    except SealBroken:
        return False
    return True


def _bare_codes() -> Sequence[str]:
    """Return the recovery codes that have no keys beside them."""
    bare = select(codes.c.id).where(codes.c.keys_sealed.is_(None))
    return connection().scalars(bare).all()


def _retire_keys() -> list[str]:
    """Let the keys that do not open sign and be published no more.

    Lost is not leaked: what they signed is genuine, and a hint of theirs still counts.
    Return the algorithms that have keys.
    """
    now, rows = utcnow(), keys.stored
    lost = [row.kid for row in _broken(keys.SEALED)]
    live = rows.c.retires_at.is_(None) | (rows.c.retires_at > now)
    ending = update(rows).where(rows.c.kid.in_(lost), live).values(retires_at=now)
    connection().execute(ending)
    return list(connection().scalars(select(rows.c.algorithm).distinct()))


def _replace_apps() -> None:
    """Put a secret that nobody knows in place of each that is lost."""
    for row in _broken(totp.SEALED):
        secret, bound_to = pyotp.random_base32(), totp.SEALED.bound_to(id=row.id)
        sealed = current(Keyring).seal(secret.encode(), bound_to=bound_to)
        connection().execute(SET_APP.values(sealed=sealed), {"of_app": row.id})


def _delete_codes() -> None:
    """Delete the recovery codes that nothing judges any more."""
    lost = [row.id for row in _broken(recovery_codes.SEALED)]
    connection().execute(delete(codes).where(codes.c.id.in_([*lost, *_bare_codes()])))


def _empty_providers() -> None:
    """Leave no provider with a secret that does not open.

    None is switched off: whom an organization sends to its own provider alone would get
    in by other ways. A directory is asked with a secret that is wrong, not with none,
    which some take for a question of nobody.
    """
    rows = table_of(ProviderRow)
    for found in _broken(provider_secrets.SEALED):
        this = rows.c.id == found.id
        said = connection().execute(select(rows.c.configured).where(this)).scalar_one()
        sealed = None
        if said.get("auth_method") not in SIGNED_BY_KEY:
            sealed = provider_secrets.seal_secret(new_token(), provider_id=found.id)
        connection().execute(update(rows).where(this).values(secret_sealed=sealed))


def _give_up_mails() -> None:
    """Mark the mails that cannot be sent any more, and forget what was in them."""
    for row in _broken(mails.SEALED):
        given_up = {"failed_at": utcnow(), "last_error": LOST}
        connection().execute(GIVE_UP.values(**given_up), {"of_mail": row.id})
    _clear(mails.SEALED)


def _clear(sealed: SealedColumn) -> None:
    """Forget the values that do not open, with the row where it is nothing without."""
    table = sealed.column.table
    for row in _broken(sealed):
        this = [table.c[name] == getattr(row, name) for name in sealed.names]
        if sealed.column.nullable:
            emptied = update(table).where(*this).values({sealed.column: None})
            connection().execute(emptied)
        else:
            connection().execute(delete(table).where(*this))
