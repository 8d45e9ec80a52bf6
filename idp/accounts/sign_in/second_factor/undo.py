"""Undoing a change of second factors by the link that its owner was mailed.

The link is not stored: its token is the id of the change and a MAC over it.
"""

from idp.accounts import one_time_tokens
from idp.accounts.factors.changes import MAC_PURPOSE
from idp.accounts.factors.restoration import restore_before, take_change
from idp.accounts.models import FactorChange, UserStatus
from idp.accounts.sign_in.withdrawal import withdraw_access
from idp.accounts.users import get_user, hold_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db
from idp.core.sealing import Keyring


def find_change(token: str) -> FactorChange | None:
    """Say what a link would undo; None when it is forged, used or expired."""
    change_id, _, mac = token.partition(".")
    if not current(Keyring).genuine(MAC_PURPOSE, change_id, presented=mac):
        return None
    change = db.session.get(FactorChange, change_id)
    if change is None or change.undone_at or change.undo_until <= utcnow():
        return None
    return change


def undo_change(token: str) -> FactorChange | None:
    """Give an account back the factors of before a change, once; None as above.

    The changer is out, as when a change of address is undone: all sessions and grants
    end, the password they know opens nothing, and later changes are undone too. So are
    the recovery codes void.
    """
    change = find_change(token)
    if change is None:
        return None
    hold_user(change.user_id)
    if not take_change(change):
        return None
    if get_user(change.user_id).status == UserStatus.ACTIVE:
        one_time_tokens.withdraw_all(change.user_id)
    withdraw_access(change.user_id)
    restore_before(change.user_id, change.changed_at)
    return change
