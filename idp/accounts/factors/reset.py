"""Taking all second factors from a user who cannot show them any more.

An operator does that, for who has lost the phone. Passkeys go too: they are on it. What
is left is the password, or a link to a new one; a policy may ask for a new factor then.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, update

from idp.accounts import one_time_tokens
from idp.accounts.factors.credentials import credentials_of
from idp.accounts.factors.locks import locked_factors, unlock_factors
from idp.accounts.factors.trusted_browsers import list_trusted
from idp.accounts.models import FactorChange, Passkey, RecoveryCode, TotpSecret, User
from idp.accounts.one_time_tokens import MAGIC_LINK, PASSWORD_RESET, PASSWORD_SET
from idp.accounts.sessions.guard import RAISED
from idp.accounts.sessions.list import end_every_device
from idp.accounts.users import hold_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import begin_writing, db, table_of
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit
from idp.security.audit import Values

# So that who talked support into a reset cannot have the password at once too.
RESET_MAIL_HELD = timedelta(hours=24)

users = table_of(User)
GONE = tuple(
    table_of(model) for model in (TotpSecret, RecoveryCode, Passkey, FactorChange)
)
TAKE = (
    update(users)
    .where(users.c.id == bindparam("of_user"))
    .values(
        RAISED
        | {
            "factors": bindparam("none", type_=users.c.factors.type),
            "reset_mail_from": bindparam("mail_from", type_=users.c.created_at.type),
        }
    )
)


@dataclass(frozen=True)
class HeldFactors:
    """What a user can show besides a password, and what waits after wrong codes."""

    totp: bool
    passkeys: list[str]
    recovery_codes: int
    trusted_browsers: int
    locked: list[str]

    def __bool__(self) -> bool:
        """Tell whether there is anything to take away."""
        return any(asdict(self).values())


NOTHING_HELD = HeldFactors(False, [], 0, 0, [])


def held_factors(user: User) -> HeldFactors:
    """Return what a reset would take from a user."""
    credentials = credentials_of(user)
    return HeldFactors(
        totp=credentials.totp,
        passkeys=credentials.passkeys,
        recovery_codes=credentials.recovery_codes_left,
        trusted_browsers=len(list_trusted(user.id)),
        locked=[each.method.value for each in locked_factors(user.id)],
    )


def reset_factors(
    user: User, *, by: str, holds_mail: bool
) -> tuple[Values, Values] | None:
    """Take all factors, sessions and trust from a user, who is mailed that.

    Return what there was and what there is, None where there was nothing: of two at
    once one takes. ``holds_mail``: no link that sets a password or signs in is mailed
    for a day, and those under way are void.
    """
    begin_writing()
    hold_user(user.id)
    db.session.refresh(user)
    held = held_factors(user)
    if not held:
        return None
    _take(user.id, holds_mail=holds_mail)
    end_every_device(user.id, by=by)
    db.session.refresh(user)
    before, after = asdict(held), asdict(NOTHING_HELD)
    audit.record("factor.reset", user_id=user.id, by=by, before=before, after=after)
    _notify(user)
    return before, after


def _take(user_id: str, *, holds_mail: bool) -> None:
    """Delete the factors of a user who is held, with what would bring them back."""
    mail_from = utcnow() + RESET_MAIL_HELD if holds_mail else None
    db.session.execute(TAKE, {"of_user": user_id, "none": [], "mail_from": mail_from})
    for table in GONE:
        db.session.execute(delete(table).where(table.c.user_id == user_id))
    unlock_factors(user_id)
    if holds_mail:
        _withdraw_links(user_id, (PASSWORD_RESET, PASSWORD_SET, MAGIC_LINK))


def _withdraw_links(user_id: str, purposes: Iterable[str]) -> None:
    """Make void the links that were mailed already."""
    for purpose in purposes:
        one_time_tokens.withdraw(user_id, purpose=purpose)


def _notify(user: User) -> None:
    """Mail a user that their factors count no more."""
    outbox.send(
        "factors_reset",
        to=user.email,
        link=current(ServerSettings).issuer,
        display_name=user.name,
        locales=(user.locale,),
    )
