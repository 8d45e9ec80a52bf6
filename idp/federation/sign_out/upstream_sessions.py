"""The sign-ins at providers that sessions here stand on."""

from sqlalchemy import bindparam, delete, select

from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.sealing import Keyring, SealedColumn
from idp.federation.models import UpstreamSession
from idp.federation.upstream.identity import UpstreamIdentity

kept = table_of(UpstreamSession)
SEALED = SealedColumn(kept.c.id_token_sealed, "upstream_session:{session_id}")
FORGET = delete(kept).where(kept.c.session_id == bindparam("of_session"))


def keep_upstream_session(session_id: str, identity: UpstreamIdentity) -> None:
    """Remember which sign-in a session stands on; one of before is outdated."""
    db.session.execute(FORGET, {"of_session": session_id})
    sealed = None
    if identity.id_token is not None:
        token = identity.id_token.encode()
        sealed = current(Keyring).seal(
            token, bound_to=SEALED.bound_to(session_id=session_id)
        )
    row = UpstreamSession(
        session_id=session_id,
        provider_id=identity.provider_id,
        subject=identity.subject,
        sid=identity.session,
        id_token_sealed=sealed,
    )
    db.session.add(row)
    db.session.flush()


def find_hint(session_id: str) -> tuple[str, str] | None:
    """Return the provider of a session, and the ID Token that it began with."""
    found = db.session.execute(
        select(kept.c.provider_id, kept.c.id_token_sealed).where(
            kept.c.session_id == session_id, kept.c.id_token_sealed.is_not(None)
        )
    ).one_or_none()
    if found is None:
        return None
    bound_to = SEALED.bound_to(session_id=session_id)
    opened = current(Keyring).open(found.id_token_sealed, bound_to=bound_to)
    return found.provider_id, opened.decode()
