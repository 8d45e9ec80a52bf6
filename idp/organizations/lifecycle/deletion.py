"""The end of an organization: at once for its members, for good after fourteen days.

Until then who could delete it can undo that. Then its row goes, with all that belongs
to it; accounts stay. What hangs on a large one goes a batch at a time first: a hundred
thousand members in one transaction would keep SQLite's writers waiting for seconds.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import (
    Column,
    CursorResult,
    bindparam,
    delete,
    select,
    update,
)

from idp.accounts.policies.effective import places_of_organization
from idp.accounts.policies.rows import forget_place
from idp.core.clock import utcnow
from idp.core.db import Model, begin_writing, changed_one, db, table_of
from idp.core.events import publish
from idp.organizations.access import Actor, require
from idp.organizations.errors import PersonalOrganization, UnknownOrganization
from idp.organizations.events import (
    OrganizationClosed,
    OrganizationErased,
    OrganizationReopened,
)
from idp.organizations.lifecycle.notices import notify_owners
from idp.organizations.models import Organization
from idp.organizations.registry import hold_organization, record_organization
from idp.organizations.rights import Right
from idp.security import audit

GRACE = timedelta(days=14)
ERASED_AT_ONCE = 20
ROWS_AT_ONCE = 500
DELETED = "organization.deleted"

organizations = table_of(Organization)

IS_DUE = (
    organizations.c.id == bindparam("organization_id"),
    organizations.c.delete_at <= bindparam("now"),
)
HOLD_DUE = select(organizations.c.id).where(*IS_DUE).with_for_update()
ERASE = delete(organizations).where(*IS_DUE)


def schedule_deletion(organization: Organization, *, actor: Actor) -> bool:
    """Take an organization out of use now and erase it later; False when it was to be.

    Its owners are mailed the way to its page, which undoes that.

    Raises PersonalOrganization, and what ``access.require`` does.
    """
    _hold(organization, actor=actor)
    if organization.delete_at is not None:
        return False
    now = utcnow()
    organization.delete_at, organization.updated_at = now + GRACE, now
    db.session.flush()
    publish(OrganizationClosed(organization.id))
    record_organization(DELETED, organization, by=actor.user_id, stage="scheduled")
    notify_owners(organization, "organization_deletion_scheduled")
    return True


def undo_deletion(organization: Organization, *, actor: Actor) -> bool:
    """Keep an organization; False when it was to stay.

    What has ended in it stays ended; what a job has yet to end goes on. Raises what
    ``schedule_deletion`` does, and UnknownOrganization when its time is over: parts of
    it may be erased.
    """
    _hold(organization, actor=actor)
    if organization.delete_at is None:
        return False
    if organization.delete_at <= utcnow():
        raise UnknownOrganization
    organization.delete_at, organization.updated_at = None, utcnow()
    publish(OrganizationReopened(organization.id))
    record_organization(DELETED, organization, by=actor.user_id, stage="undone")
    return True


def erase_due(limit: int = ERASED_AT_ONCE) -> int:
    """Erase the organizations whose time is over, each in its own transaction.

    Return how many; ``limit``, if what hangs on one is more than goes at once.
    """
    due = (
        select(Organization.id, Organization.name)
        .where(Organization.delete_at <= utcnow())
        .order_by(Organization.delete_at)
        .limit(limit)
    )
    erased = 0
    for organization_id, name in db.session.execute(due).all():
        emptied = _empty(organization_id)
        erased += emptied and _erase(organization_id, name=name)
        db.session.commit()
        if not emptied:
            return limit
    return erased


def _hold(organization: Organization, *, actor: Actor) -> None:
    """Hold an organization of several people for who may delete it."""
    hold_organization(organization)
    require(organization, Right.DELETE, actor=actor)
    if organization.personal_to is not None:
        raise PersonalOrganization


def _empty(organization_id: str) -> bool:
    """Take a batch of what hangs on an organization that is due; False if more does."""
    begin_writing()
    given = {"organization_id": organization_id, "now": utcnow()}
    if db.session.execute(HOLD_DUE, given).one_or_none() is None:
        return True
    left = ROWS_AT_ONCE
    for column, goes in _references():
        left -= _let_go(column, organization_id, most=left, goes=goes)
        if not left:
            return False
    return True


def _references() -> Iterator[tuple[Column[Any], bool]]:
    """Yield all columns that name an organization, and whether their rows go with it.

    What hangs on such a row is little, and goes with that.
    """
    for table in Model.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is organizations:
                yield key.parent, key.ondelete == "CASCADE"


def _let_go(column: Column[Any], organization_id: str, *, most: int, goes: bool) -> int:
    """Delete some of the rows of an organization, or part them; return how many.

    They are named by what is left of their key: SQLite reads a whole table for pairs.
    """
    table, of_it = column.table, column == organization_id
    names = [part for part in table.primary_key if part is not column]
    found = select(*names or [column]).where(of_it).limit(most)
    keys = db.session.scalars(found).all()
    if not keys:
        return 0
    change = delete(table) if goes else update(table).values({column: None})
    named = [part.in_(keys) for part in names]
    gone = db.session.execute(change.where(of_it, *named))
    return cast("CursorResult[Any]", gone).rowcount


def _erase(organization_id: str, *, name: str) -> bool:
    """Erase one; False when another worker was faster or the deletion was undone."""
    given = {"organization_id": organization_id, "now": utcnow()}
    if not changed_one(ERASE, given):
        return False
    for place in places_of_organization(organization_id):
        forget_place(place)
    publish(OrganizationErased(organization_id))
    before = {"name": name}
    audit.record(DELETED, organization=organization_id, stage="erased", before=before)
    return True
