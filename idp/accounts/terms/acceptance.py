"""Who has accepted which version, and what is still to be accepted.

Where no document is in force nothing is asked for, and no statement runs.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from idp.accounts.models import TermsAcceptance
from idp.accounts.terms.documents import (
    LegalDocument,
    Versions,
    accepted_versions,
    documents_in_force,
)
from idp.accounts.terms.errors import TermsRequired
from idp.core.clock import utcnow
from idp.core.db import add_if_absent, db, table_of
from idp.core.errors import FieldError
from idp.security import audit

acceptances = table_of(TermsAcceptance)

OF_USER = acceptances.c.user_id == bindparam("of_user")
FIND = select(
    acceptances.c.document, acceptances.c.version, acceptances.c.accepted_at
).where(OF_USER)
FORGET = delete(acceptances).where(OF_USER)


@dataclass(frozen=True)
class Acceptance:
    """Which version of a document a user accepted, and when."""

    document: str
    version: str
    accepted_at: datetime


def require_accepted(accepted: Versions | None) -> None:
    """Raise TermsRequired unless one who signs up accepts all that is in force."""
    if not covers(accepted):
        raise TermsRequired([FieldError("accept_terms", TermsRequired.code)])


def covers(accepted: Versions | None) -> bool:
    """Tell whether these are the versions that are in force."""
    said = accepted or {}
    return all(said.get(each.name) == each.version for each in documents_in_force())


def due_of(user_id: str) -> tuple[LegalDocument, ...]:
    """Return what a user has still to accept: one SELECT where there is anything."""
    documents = documents_in_force()
    if not documents:
        return ()
    done = {(each.document, each.version) for each in _rows_of(user_id)}
    return tuple(each for each in documents if (each.name, each.version) not in done)


def list_acceptances(user_id: str) -> list[Acceptance]:
    """Return what a user has accepted, the newest first."""
    if not documents_in_force():
        return []
    found = sorted(_rows_of(user_id), key=lambda each: each.document)
    return sorted(found, key=lambda each: each.accepted_at, reverse=True)


def accept(user_id: str) -> None:
    """Note that a user accepts all that is in force; again changes nothing."""
    note_acceptance(user_id, accepted_versions(accepts=True))


def note_acceptance(user_id: str, accepted: Versions | None) -> None:
    """Note what a user accepts, in the unit of work that makes or opens the account."""
    for name, version in (accepted or {}).items():
        row = {"user_id": user_id, "document": name, "version": version}
        if add_if_absent(acceptances, row | {"accepted_at": utcnow()}):
            audit.record(
                "terms.accepted", user_id=user_id, document=name, version=version
            )


def forget_acceptance(user_id: str) -> None:
    """Forget what somebody accepted who was not the owner of the account."""
    if documents_in_force():
        db.session.execute(FORGET, {"of_user": user_id})


def _rows_of(user_id: str) -> list[Acceptance]:
    """Return what a user has accepted, in any version."""
    rows = db.session.execute(FIND, {"of_user": user_id})
    return [Acceptance(*row) for row in rows]
