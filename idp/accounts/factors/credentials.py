"""By what a user can prove who they are; never the secrets themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from idp.accounts.factors.passkeys.registry import list_passkeys
from idp.accounts.factors.recovery_codes import count_left
from idp.accounts.models import Passkey, RecoveryCode, User
from idp.accounts.sessions.proofs import Method
from idp.core.db import db

CODES_LEFT = (
    select(func.count())
    .where(RecoveryCode.user_id == User.id, RecoveryCode.used_at.is_(None))
    .scalar_subquery()
)


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
    passkeys = [key.name for key in list_passkeys(user.id)]
    return _credentials(user, passkeys, codes_left=count_left(user.id))


def user_with_credentials(user_id: str) -> tuple[User, Credentials]:
    """Return a user who exists, and what they sign in with, in one SELECT."""
    newest = (
        select(User, CODES_LEFT, Passkey.name)
        .join(Passkey, Passkey.user_id == User.id, isouter=True)
        .where(User.id == user_id)
        .order_by(Passkey.created_at.desc(), Passkey.id.desc())
    )
    rows: Sequence[Any] = db.session.execute(newest).all()
    user, codes_left, _ = rows[0]
    passkeys = [name for *_, name in rows if name is not None]
    return user, _credentials(user, passkeys, codes_left=codes_left)


def _credentials(user: User, passkeys: list[str], *, codes_left: int) -> Credentials:
    verified = user.email_verified_at is not None
    return Credentials(
        emails=[EmailAddress(user.email, verified=verified, primary=True)],
        password=user.password_hash is not None,
        passkeys=passkeys,
        totp=Method.TOTP in user.factors,
        recovery_codes_left=codes_left,
    )
