"""A user's passkeys: see, add, name and remove them, and use one."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from idp.accounts.errors import InvalidInput
from idp.accounts.factors.errors import EmailNotVerified
from idp.accounts.factors.passkeys.challenges import (
    Purpose,
    find_challenge,
    issue_challenge,
    spend_challenge,
)
from idp.accounts.factors.passkeys.options import options_to_add
from idp.accounts.factors.passkeys.relying_party import relying_party
from idp.accounts.factors.passkeys.verification import (
    Credential,
    NewKey,
    ShownKey,
    verify_new,
)
from idp.accounts.models import Passkey, User
from idp.accounts.policies.effective import effective, places_of
from idp.accounts.policies.keys import PASSKEY, PASSWORD, SIGN_IN_METHODS
from idp.accounts.users import get_user, hold_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import begin_writing, changed_one, db, table_of, unless_taken
from idp.core.errors import FieldError, IdpError
from idp.core.settings.server import ServerSettings
from idp.core.text import is_line
from idp.mail import outbox
from idp.mail.messages import MessageName
from idp.security import audit
from idp.security.requester import Requester

MAX_NAME = 100
MOST = 20

keys = table_of(Passkey)


class NoSuchPasskey(IdpError):
    """A passkey that was removed, or another user's: the answer does not tell which."""

    code = "no_such_passkey"
    status = HTTPStatus.NOT_FOUND
    title = "This passkey is not there any more."


class LastWayIn(IdpError):
    """A passkey without which nobody could sign in to the account."""

    code = "last_way_in"
    status = HTTPStatus.CONFLICT
    title = "This is your only way to sign in. Set up another one first."


class TooManyPasskeys(IdpError):
    """One more passkey than an account may have."""

    code = "too_many_passkeys"
    status = HTTPStatus.CONFLICT
    title = "You have as many passkeys as there can be. Remove one first."


class _Known(Exception):
    """A key that some account has already."""


def list_passkeys(user_id: str) -> Sequence[Passkey]:
    """Return a user's passkeys, the newest first."""
    newest = select(Passkey).where(Passkey.user_id == user_id)
    return db.session.scalars(
        newest.order_by(Passkey.created_at.desc(), Passkey.id.desc())
    ).all()


def find_by_credential(credential_id: str) -> Passkey | None:
    """Return the passkey that has this id and may be used; it may be any text."""
    found = _find(credential_id)
    return found if found and found.usable else None


def exists(credential_id: str) -> bool:
    """Tell whether a passkey has this id, whether or not it may be used."""
    return _find(credential_id) is not None


def count_left_behind() -> dict[str, int]:
    """Return how many passkeys were made for RP IDs that are not ours any more.

    None of them works while that is so.
    """
    others = keys.c.rp_id.not_in(["", relying_party().id])
    counted = select(keys.c.rp_id, func.count()).where(others).group_by(keys.c.rp_id)
    return dict(db.session.execute(counted).all())


def require_may_add(user: User) -> None:
    """Raise EmailNotVerified or TooManyPasskeys."""
    if user.email_verified_at is None:
        raise EmailNotVerified
    if len(list_passkeys(user.id)) >= MOST:
        raise TooManyPasskeys


def begin_to_add(user: User, *, session_id: str) -> tuple[str, dict[str, Any]]:
    """Return a ticket for this session, and what makes a passkey.

    Raises what ``require_may_add`` does.
    """
    require_may_add(user)
    issued = issue_challenge(Purpose.ADD, user_id=user.id, bound_to=session_id)
    known = [passkey.credential_id for passkey in list_passkeys(user.id)]
    return issued.ticket, options_to_add(user, issued, excluded=known)


def add_passkey(
    user: User,
    credential: Credential,
    *,
    ticket: str,
    session_id: str,
    name: str,
    requester: Requester,
) -> Passkey | None:
    """Keep a key that answers a challenge of this session; None when it does not.

    A key that some account has already is none. The owner is mailed. Raises
    InvalidInput for a name, and what ``require_may_add`` does.
    """
    named = _checked_name(name)
    begin_writing()
    hold_user(user.id)
    require_may_add(user)
    new = _answer_to(ticket, credential, session_id=session_id)
    if new is None:
        audit.record("passkey.refused", outcome="refused", user_id=user.id)
        return None
    party = relying_party()
    row = Passkey(user_id=user.id, name=named, rp_id=party.id, **vars(new))
    try:
        with unless_taken(_Known):
            db.session.add(row)
            db.session.flush()
    except _Known:
        audit.record("passkey.refused", outcome="refused", user_id=user.id)
        return None
    audit.record("passkey.added", user_id=user.id, passkey_id=row.id, name=named)
    _notify(user, "passkey_added", requester=requester)
    return row


def rename_passkey(user_id: str, passkey_id: str, *, name: str) -> Passkey:
    """Give a passkey another name; raises NoSuchPasskey and InvalidInput."""
    found = _own(user_id, passkey_id)
    found.name = _checked_name(name)
    db.session.flush()
    return found


def remove_passkey(user: User, passkey_id: str, *, requester: Requester) -> None:
    """Remove a passkey, of which the owner is mailed.

    Raises NoSuchPasskey, and LastWayIn. Of two that are removed at once the second is
    judged without the first.
    """
    begin_writing()
    hold_user(user.id)
    found = _own(user.id, passkey_id)
    if found.usable and not _other_way_in(user, passkey_id):
        raise LastWayIn
    name = found.name
    if not changed_one(delete(keys).where(keys.c.id == passkey_id), {}):
        raise NoSuchPasskey
    db.session.expunge(found)
    audit.record("passkey.removed", user_id=user.id, passkey_id=passkey_id, name=name)
    _notify(user, "passkey_removed", requester=requester)


def remove_all(user_id: str) -> None:
    """Remove all passkeys of an account that its owner takes back."""
    for passkey in list_passkeys(user_id):
        audit.record(
            "passkey.removed", user_id=user_id, passkey_id=passkey.id, name=passkey.name
        )
        db.session.delete(passkey)
    db.session.flush()


def record_use(passkey: Passkey, shown: ShownKey) -> bool:
    """Record that a key was shown; False when its counter says that it is a copy.

    Then it signs in no more, and its owner is mailed (WebAuthn §6.1.1). Of two that
    show the same count at once one is the copy.
    """
    counts = or_(
        keys.c.sign_count < shown.sign_count,
        (keys.c.sign_count == 0) & (shown.sign_count == 0),
    )
    this = update(keys).where(keys.c.id == passkey.id, keys.c.disabled_at.is_(None))
    now = utcnow()
    values = {
        "sign_count": shown.sign_count, "synced": shown.synced, "last_used_at": now
    }  # fmt: skip
    if changed_one(this.where(counts).values(**values), {}):
        return True
    if changed_one(this.values(disabled_at=now), {}):
        owner = get_user(passkey.user_id)
        _notify(owner, "passkey_disabled")
    return False


def _find(credential_id: str) -> Passkey | None:
    """Return the passkey that has this id; it may be any text."""
    if not credential_id.isascii() or not is_line(credential_id):
        return None
    known = select(Passkey).where(Passkey.credential_id == credential_id)
    return db.session.scalar(known)


def _answer_to(
    ticket: str, credential: Credential, *, session_id: str
) -> NewKey | None:
    """Return the key that answers a challenge of a session, and use that up."""
    asked = find_challenge(ticket, purposes=[Purpose.ADD], shown=[session_id])
    if asked is None or not spend_challenge(ticket):
        return None
    return verify_new(credential, challenge=asked.challenge)


def _own(user_id: str, passkey_id: str) -> Passkey:
    """Return one of a user's own passkeys; raises NoSuchPasskey."""
    found = db.session.get(Passkey, passkey_id)
    if found is None or found.user_id != user_id:
        raise NoSuchPasskey
    return found


def _other_way_in(user: User, passkey_id: str) -> bool:
    """Tell whether a user can sign in without this passkey."""
    allowed = effective(SIGN_IN_METHODS, places_of(user.id, user.roles))
    if user.password_hash is not None and PASSWORD in allowed:
        return True
    return PASSKEY in allowed and any(
        other.id != passkey_id and other.usable for other in list_passkeys(user.id)
    )


def _checked_name(name: str) -> str:
    """Return a name that can be kept; raises InvalidInput."""
    named = " ".join(name.split())
    if not named:
        raise InvalidInput([FieldError("name", "missing", word="passkey.name_missing")])
    if len(named) > MAX_NAME:
        raise InvalidInput([FieldError("name", "too_long", values={"max": MAX_NAME})])
    if not is_line(named):
        raise InvalidInput([FieldError("name", "invalid")])
    return named


def _notify(
    user: User, message: MessageName, *, requester: Requester | None = None
) -> None:
    """Mail the owner of what became of a passkey."""
    outbox.send(
        message,
        to=user.email,
        link=f"{current(ServerSettings).issuer}/account/security",
        display_name=user.name,
        locales=(user.locale, requester.language if requester else None),
        requester=requester.description if requester else None,
    )
