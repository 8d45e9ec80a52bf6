"""Using a passkey, and seeing by its counter that it was copied."""

from sqlalchemy import or_, update

from idp.accounts.factors.passkeys.kinds import enrolled
from idp.accounts.factors.passkeys.registry import keys
from idp.accounts.factors.passkeys.verification import ShownKey
from idp.accounts.models import Passkey, User
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db
from idp.core.settings.server import ServerSettings
from idp.mail import outbox


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
        db.session.expire(passkey, ["disabled_at"])
        owner = get_user(passkey.user_id)
        owner.factors = sorted(enrolled(owner.id, owner.factors))
        db.session.flush()
        _notify(owner)
    return False


def _notify(owner: User) -> None:
    """Mail a user that a key of theirs was disabled."""
    outbox.send(
        "passkey_disabled",
        to=owner.email,
        link=f"{current(ServerSettings).issuer}/account/security",
        display_name=owner.name,
        locales=(owner.locale,),
    )
