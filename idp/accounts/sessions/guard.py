"""The one guard of every way in (security.md §5).

A proof of identity is judged by what the account was when it was read; a session begins
or goes on, and a grant is added, only while the account is still that. A change of what
opens an account raises its version first, and then ends its sessions and grants: the
row in ``users`` is changed before all that hangs on it, and held by every way in, so on
PostgreSQL one waits for the other. SQLite has one writer.
"""

from sqlalchemy import bindparam, literal, select, update
from sqlalchemy.orm.attributes import set_committed_value

from idp.accounts.models import User, UserStatus
from idp.core.db import changed_one, table_of

users = table_of(User)

UNCHANGED = (
    users.c.id == bindparam("of_user"),
    users.c.status == UserStatus.ACTIVE,
    users.c.security_version == bindparam("seen_version"),
)
STILL_UNCHANGED = (
    select(literal(1)).where(*UNCHANGED).with_for_update(read=True).exists()
)
# What an UPDATE of ``users`` sets that changes what opens the account.
RAISED = {"security_version": users.c.security_version + 1}
RAISE = update(users).where(*UNCHANGED).values(RAISED)


def raise_version(user: User, *, seen: int) -> bool:
    """Let no proof count any more that was judged before, if the account is as seen.

    Of two changes at once that have seen the same one wins.
    """
    if not changed_one(RAISE, {"of_user": user.id, "seen_version": seen}):
        return False
    set_committed_value(user, "security_version", seen + 1)
    return True
