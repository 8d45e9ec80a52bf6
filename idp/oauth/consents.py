"""Remembered decisions of users about clients."""

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.db import db, table_of
from idp.oauth.models import Consent
from idp.security import audit

consents = table_of(Consent)
FIND = select(consents.c.scope).where(
    consents.c.user_id == bindparam("user_id"),
    consents.c.client_id == bindparam("client_id"),
)

FORGET = delete(consents).where(
    consents.c.user_id == bindparam("of_user"),
    consents.c.client_id == bindparam("of_client"),
)


def find_remembered(*, user_id: str, client_id: str) -> frozenset[str]:
    """Return the scope that a user has allowed a client so far."""
    ids = {"user_id": user_id, "client_id": client_id}
    scope = connection().execute(FIND, ids).scalar_one_or_none()
    return frozenset((scope or "").split())


def remember(*, user_id: str, client_id: str, scope: str) -> None:
    """Add ``scope`` to what is remembered, and say so in the audit log."""
    known = find_remembered(user_id=user_id, client_id=client_id)
    merged = " ".join(sorted(known | set(scope.split())))
    now = utcnow()
    row = {"user_id": user_id, "client_id": client_id, "scope": merged}
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    adding = insert(consents).values(**row, created_at=now, updated_at=now)
    db.session.execute(
        adding.on_conflict_do_update(
            index_elements=["user_id", "client_id"],
            set_={"scope": merged, "updated_at": now},
        )
    )
    audit.record(
        "consent.given", user_id=user_id, client_id=client_id, scope=scope.split()
    )


def forget(*, user_id: str, client_id: str) -> None:
    """Take a decision back: the client has to ask anew."""
    db.session.execute(FORGET, {"of_user": user_id, "of_client": client_id})
