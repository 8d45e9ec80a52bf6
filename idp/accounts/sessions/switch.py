"""Going on as another account of the same browser."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, update

from idp.accounts.errors import NotSignedIn
from idp.accounts.models import BrowserSession
from idp.accounts.sessions.find import LIVE, LiveSession
from idp.accounts.sessions.guard import STILL_UNCHANGED
from idp.core.clock import utcnow
from idp.core.db import changed_one, table_of
from idp.core.randomness import digest, new_token
from idp.security import audit

sessions = table_of(BrowserSession)

# What a session stands on, and when it ends, stays: only the cookie is new.
SWITCH = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), *LIVE)
    .where(sessions.c.token_digest == bindparam("old_digest"), STILL_UNCHANGED)
    .values(token_digest=bindparam("new_digest"))
)


@dataclass(frozen=True)
class Switched:
    """The session that is active from now on, and the one that was until now.

    Both have new cookie tokens.
    """

    session: LiveSession
    left: LiveSession | None
    token: str = field(repr=False)
    left_token: str = field(repr=False)


def switch_account(session: LiveSession, *, leaving: LiveSession | None) -> Switched:
    """Let a browser go on in another of its sessions, of which nothing changes.

    What is due of its user stays due. Raises NotSignedIn where one of the two is not
    any more what it was: ended, changed, or switched in another tab. The caller undoes
    what was written by then, so that of two tabs one switches and no session is lost.
    """
    tokens = {live.id: new_token() for live in (session, leaving) if live}
    # In one order, so that no two tabs wait for each other.
    for live in sorted(filter(None, (session, leaving)), key=lambda live: live.id):
        if not give_token(live, tokens[live.id]):
            raise NotSignedIn
    left = leaving.id if leaving else None
    audit.record(
        "account.switched",
        user_id=session.user_id,
        session_id=session.id,
        left=left,
    )
    return Switched(session, leaving, tokens[session.id], tokens.get(left or "", ""))


def give_token(live: LiveSession, token: str) -> bool:
    """Give a session another cookie token; False where it is not any more what it was.

    What it stands on, and when it ends, stays.
    """
    return changed_one(SWITCH, _change(live, token=token))


def _change(live: LiveSession, *, token: str) -> dict[str, Any]:
    """Return what the statement needs to give a session another token."""
    return {
        "session_id": live.id,
        "old_digest": live.token_digest,
        "new_digest": digest(token),
        "now": utcnow(),
        "of_user": live.user_id,
        "seen_version": live.security_version,
    }
