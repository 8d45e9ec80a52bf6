"""Making another of a user's own addresses the primary one.

Its mailbox has proven itself before, so that nothing waits for a mail; the old primary
address stays among the user's, is told, and can undo it (``email.undo``).
"""

from sqlalchemy import bindparam, update

from idp.accounts.addresses.rows import change_primary
from idp.accounts.email import change as email_change
from idp.accounts.email.addresses import get_address
from idp.accounts.email.undo import tell_undoable
from idp.accounts.errors import EmailTaken
from idp.accounts.factors.errors import EmailNotVerified
from idp.accounts.models import User, UserStatus
from idp.accounts.sign_in import reauthentication
from idp.accounts.sign_in.reauthentication import ReauthCredential, WrongPassword
from idp.accounts.users import hold_user
from idp.core.db import begin_writing, changed_one, db, table_of, unless_taken
from idp.security import audit
from idp.security.requester import Requester

users = table_of(User)

SWITCH = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.status == UserStatus.ACTIVE)
    .values(
        email=bindparam("new_address"),
        email_key=bindparam("new_key"),
        email_verified_at=bindparam("proven_at"),
    )
)


def make_primary(
    user: User,
    address_id: str,
    *,
    credential: ReauthCredential,
    requester: Requester,
) -> WrongPassword | None:
    """Let apps and mails use another address of the user; a pending change ends.

    None also for the one that is primary already. Raises ReauthenticationRequired,
    RateLimited, NoSuchAddress, and EmailNotVerified for one that is unproven.
    """
    refused = reauthentication.check(user, credential, requester=requester)
    if refused:
        return refused
    begin_writing()
    hold_user(user.id)
    row = get_address(user.id, address_id)
    if row.email_key is None:
        raise EmailNotVerified
    if row.primary:
        return None
    email_change.cancel(user.id)
    db.session.refresh(user)
    tell_undoable(user, row.email, notice="email_changed", requester=requester)
    values = {
        "user_id": user.id,
        "new_address": row.email,
        "new_key": row.email_key,
        "proven_at": row.verified_at,
    }
    with unless_taken(EmailTaken):
        if changed_one(SWITCH, values):
            change_primary(user.id, row.email)
    audit.record("email.changed", user_id=user.id)
    db.session.expire(user)
    db.session.expire(row)
    return None
