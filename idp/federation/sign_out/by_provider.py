"""Ending sessions here that a provider says are over there."""

from sqlalchemy import ColumnElement, select

from idp.accounts.models import BrowserSession
from idp.accounts.sessions.end import end_session
from idp.accounts.sessions.proofs import Method, read_proofs
from idp.core.db import db, table_of
from idp.federation.models import LinkedIdentity, UpstreamSession
from idp.federation.providers.provider import Provider
from idp.federation.upstream.identity import SKEW
from idp.federation.upstream.logout_tokens import EndedUpstream, verify_logout_token
from idp.federation.upstream.of_provider import endpoints_of, reach_of
from idp.security import audit

sessions, kept = table_of(BrowserSession), table_of(UpstreamSession)


def end_by_notice(provider: Provider, logout_token: str) -> int:
    """End the sessions that a notice is about, and return how many.

    Their apps are told, as at any sign-out. A notice that comes again ends nothing that
    began since. Raises UpstreamAway or UpstreamError.
    """
    with reach_of(provider):
        ended = verify_logout_token(
            logout_token, endpoints=endpoints_of(provider), client_id=provider.client_id
        )
    found = _known(provider.id, ended) | _of_user(provider.id, ended)
    for session_id, user_id in sorted(found.items()):
        if end_session(session_id):
            by = f"provider:{provider.id}"
            audit.record(
                "session.revoked", user_id=user_id, session_id=session_id, by=by
            )
    return len(found)


def _known(provider_id: str, ended: EndedUpstream) -> dict[str, str]:
    """Return the sessions of a sign-in there, with their users."""
    named: ColumnElement[bool] = (
        kept.c.subject == ended.subject
        if ended.sid is None
        else kept.c.sid == ended.sid
    )
    found = (
        select(sessions.c.id, sessions.c.user_id)
        .join_from(sessions, kept, kept.c.session_id == sessions.c.id)
        .where(kept.c.provider_id == provider_id, named, *_unended(ended))
    )
    return {row.id: row.user_id for row in db.session.execute(found)}


def _of_user(provider_id: str, ended: EndedUpstream) -> dict[str, str]:
    """Return the sessions of a user that some sign-in there has begun.

    Which one is not known where nothing was written down of it.
    """
    if ended.subject is None:
        return {}
    user_id = (
        select(LinkedIdentity.user_id)
        .where(LinkedIdentity.provider_id == provider_id)
        .where(LinkedIdentity.subject == ended.subject)
        .scalar_subquery()
    )
    found = (
        select(sessions.c.id, sessions.c.user_id, sessions.c.proofs)
        .join_from(sessions, kept, kept.c.session_id == sessions.c.id, isouter=True)
        .where(sessions.c.user_id == user_id, kept.c.session_id.is_(None))
        .where(*_unended(ended))
    )
    return {
        row.id: row.user_id
        for row in db.session.execute(found)
        if any(proof.method is Method.PROVIDER for proof in read_proofs(row.proofs))
    }


def _unended(ended: EndedUpstream) -> tuple[ColumnElement[bool], ...]:
    """Say which sessions a notice can be about."""
    began = sessions.c.created_at <= ended.at + SKEW
    return (sessions.c.ended_at.is_(None), began)
