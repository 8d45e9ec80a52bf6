"""The personal data of this slice."""

from sqlalchemy import ColumnElement, delete, or_, select

from idp.accounts.lifecycle.personal_data import DataSubject, PersonalTable
from idp.accounts.models import BrowserSession
from idp.core.db import table_of
from idp.federation.models import (
    LinkChange,
    LinkedIdentity,
    UpstreamRequest,
    UpstreamSession,
    WaitingIdentity,
)

linked, changes = table_of(LinkedIdentity), table_of(LinkChange)
sessions, upstream = table_of(BrowserSession), table_of(UpstreamSession)
sent, waiting = table_of(UpstreamRequest), table_of(WaitingIdentity)


def _about(subject: DataSubject) -> ColumnElement[bool]:
    """Say which identities may be a user's, or wait for them."""
    named = waiting.c.email.in_(subject.addresses)
    return or_(named, waiting.c.user_id == subject.user_id)


PERSONAL_TABLES = (
    PersonalTable(
        name="linked_identities",
        table=linked,
        of_subject=lambda subject: linked.c.user_id == subject.user_id,
        withheld=frozenset({"tokens_sealed"}),
    ),
    PersonalTable(
        name="link_changes",
        table=changes,
        of_subject=lambda subject: changes.c.user_id == subject.user_id,
    ),
    PersonalTable(
        name="away_at_providers",
        table=sent,
        of_subject=lambda subject: sent.c.user_id == subject.user_id,
        withheld=frozenset({"digest", "browser", "sealed", "sent_copy", "answer"}),
    ),
    PersonalTable(
        name="upstream_sessions",
        table=upstream,
        of_subject=lambda subject: upstream.c.session_id.in_(
            select(sessions.c.id).where(sessions.c.user_id == subject.user_id)
        ),
        withheld=frozenset({"id_token_sealed"}),
    ),
    PersonalTable(
        name="waiting_identities",
        table=waiting,
        of_subject=_about,
        withheld=frozenset({"digest", "browser", "sealed", "sent_copy"}),
        erase=lambda subject: delete(waiting).where(_about(subject)),
    ),
)
