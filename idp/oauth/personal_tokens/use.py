"""What a personal access token is worth now: whose it is, where, and for what."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select, update

from idp.accounts.models import User, UserStatus
from idp.accounts.policies.effective import effective
from idp.accounts.policies.keys import PERSONAL_ACCESS_TOKENS
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.db import changed_one, table_of
from idp.core.prepared import Prepared
from idp.core.randomness import digest
from idp.oauth.models import Api, ApiScope, PersonalToken

MARK = "idpt_"
ON = "on"
USE_NOTED_EVERY = timedelta(minutes=5)

tokens, users = table_of(PersonalToken), table_of(User)
apis, api_scopes = table_of(Api), table_of(ApiScope)


class LiveToken(NamedTuple):
    """A token that holds; ``scopes`` are those that its API still has."""

    id: str
    user_id: str
    api_id: str
    identifier: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


FIND = Prepared(
    select(
        tokens.c.id,
        tokens.c.user_id,
        tokens.c.api_id,
        apis.c.identifier,
        tokens.c.scopes,
        tokens.c.created_at,
        tokens.c.expires_at,
        tokens.c.last_used_at,
    )
    .join_from(tokens, users, tokens.c.user_id == users.c.id)
    .join(apis, tokens.c.api_id == apis.c.id)
    .where(
        tokens.c.digest == bindparam("digest"),
        tokens.c.expires_at > bindparam("now"),
        users.c.status == UserStatus.ACTIVE,
    ),
    LiveToken,
)
SCOPES_OF = select(api_scopes.c.name).where(api_scopes.c.api_id == bindparam("of_api"))
NOTE_USE = (
    update(tokens)
    .where(tokens.c.id == bindparam("of_token"))
    .where(
        or_(tokens.c.last_used_at.is_(None), tokens.c.last_used_at < bindparam("due"))
    )
    .values(last_used_at=bindparam("now"))
)


def allowed() -> bool:
    """Tell whether the policy of the instance lets personal access tokens work."""
    return effective(PERSONAL_ACCESS_TOKENS) == ON


def is_personal_token(token: str) -> bool:
    """Tell whether a token claims to be a personal access token."""
    return token.startswith(MARK)


def find_token(text: str) -> LiveToken | None:
    """Return the token of a text, None when it is worth nothing.

    It is worth nothing while the policy is off, and when its API has none of its
    scopes any more.
    """
    if not allowed():
        return None
    found = FIND.one_or_none({"digest": digest(text), "now": utcnow()})
    if found is None:
        return None
    has = set(connection().execute(SCOPES_OF, {"of_api": found.api_id}).scalars())
    left = [name for name in found.scopes if name in has]
    return found._replace(scopes=left) if left else None


def note_use(token: LiveToken) -> None:
    """Note that a token was used just now, every five minutes at most."""
    now = utcnow()
    due = now - USE_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at < due:
        changed_one(NOTE_USE, {"of_token": token.id, "due": due, "now": now})
