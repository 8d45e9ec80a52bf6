"""By what a user can prove who they are; never the secrets themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from idp.accounts.factors.passkeys.registry import NOT_REMOVED, list_passkeys
from idp.accounts.factors.passkeys.ways_in import LinkedProviders
from idp.accounts.factors.recovery_codes import count_left
from idp.accounts.models import Passkey, RecoveryCode, User, UserEmail
from idp.accounts.sessions.proofs import Method
from idp.core.context import current
from idp.core.db import db

CODES_LEFT = (
    select(func.count())
    .where(RecoveryCode.user_id == User.id, RecoveryCode.used_at.is_(None))
    .scalar_subquery()
)
# An address beside the primary one counts once it is proven.
FURTHER = UserEmail.email_key.is_not(None) & ~UserEmail.primary


@dataclass(frozen=True)
class EmailAddress:
    """An address that mail about the account goes to."""

    email: str
    verified: bool
    primary: bool


@dataclass(frozen=True)
class Credentials:
    """The ways in to one account."""

    emails: list[EmailAddress]
    password: bool
    passkeys: list[str] = field(default_factory=list)
    totp: bool = False
    recovery_codes_left: int = 0
    providers: list[str] = field(default_factory=list)


def credentials_of(user: User) -> Credentials:
    """Return what a user can sign in with."""
    further = db.session.scalars(
        select(UserEmail.email)
        .where(UserEmail.user_id == user.id, FURTHER)
        .order_by(UserEmail.verified_at, UserEmail.id)
    ).all()
    passkeys = [key.name for key in list_passkeys(user.id)]
    left = count_left(user.id)
    return _credentials(user, passkeys, further=further, codes_left=left)


def user_with_credentials(user_id: str) -> tuple[User, Credentials]:
    """Return a user who exists, and what they sign in with, in one SELECT."""
    newest = (
        select(User, CODES_LEFT, Passkey.id, Passkey.name, UserEmail.email)
        .join(Passkey, (Passkey.user_id == User.id) & NOT_REMOVED, isouter=True)
        .join(UserEmail, (UserEmail.user_id == User.id) & FURTHER, isouter=True)
        .where(User.id == user_id)
        .order_by(Passkey.created_at.desc(), Passkey.id.desc())
        .order_by(UserEmail.verified_at, UserEmail.id)
    )
    rows: Sequence[Any] = db.session.execute(newest).all()
    user, codes_left, *_ = rows[0]
    # Each passkey comes once with each further address.
    names = {key_id: name for *_, key_id, name, _ in rows if key_id is not None}
    further = dict.fromkeys(email for *_, email in rows if email is not None)
    passkeys = list(names.values())
    return user, _credentials(user, passkeys, further=further, codes_left=codes_left)


def _credentials(
    user: User, passkeys: list[str], *, further: Iterable[str], codes_left: int
) -> Credentials:
    verified = user.email_verified_at is not None
    primary = EmailAddress(user.email, verified=verified, primary=True)
    others = [EmailAddress(each, verified=True, primary=False) for each in further]
    return Credentials(
        emails=[primary, *others],
        password=user.password_hash is not None,
        passkeys=passkeys,
        totp=Method.TOTP in user.factors,
        recovery_codes_left=codes_left,
        providers=list(current(LinkedProviders).names_of(user.id)),
    )
