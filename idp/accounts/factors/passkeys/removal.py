"""Removing passkeys; the last way to sign in stays."""

from sqlalchemy import delete

from idp.accounts.factors.passkeys.errors import NoSuchPasskey
from idp.accounts.factors.passkeys.notices import notify
from idp.accounts.factors.passkeys.registry import get_own, keys, list_passkeys
from idp.accounts.factors.passkeys.ways_in import require_way_in
from idp.accounts.models import User
from idp.accounts.users import hold_user
from idp.core.db import begin_writing, changed_one, db
from idp.security import audit
from idp.security.requester import Requester


def remove_passkey(user: User, passkey_id: str, *, requester: Requester) -> None:
    """Remove a passkey, of which the owner is mailed.

    Raises NoSuchPasskey, and LastWayIn. Of two that are removed at once the second is
    judged without the first.
    """
    begin_writing()
    hold_user(user.id)
    found = get_own(user.id, passkey_id)
    if found.usable:
        require_way_in(user, without=passkey_id)
    name = found.name
    if not changed_one(delete(keys).where(keys.c.id == passkey_id), {}):
        raise NoSuchPasskey
    db.session.expunge(found)
    audit.record("passkey.removed", user_id=user.id, passkey_id=passkey_id, name=name)
    notify(user, "passkey_removed", requester=requester)


def remove_all(user_id: str) -> None:
    """Remove all passkeys of an account that its owner takes back."""
    for passkey in list_passkeys(user_id):
        audit.record(
            "passkey.removed", user_id=user_id, passkey_id=passkey.id, name=passkey.name
        )
        db.session.delete(passkey)
    db.session.flush()
