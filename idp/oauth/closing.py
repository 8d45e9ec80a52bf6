"""The end of what is open in the context of an organization that is out of use.

None of it opens anything from the moment of closing on: all that judge grants ask for
the organization (``tokens.grants``). Their rows end with it if they are few. Of a large
one a job ends them a batch at a time: two hundred thousand in one transaction would
keep SQLite's writers waiting for seconds. One that is in use again keeps what is left.
"""

from sqlalchemy import bindparam, exists, select, text

from idp.accounts.models import BrowserSession
from idp.accounts.sessions.context import leave_closed_organization
from idp.core.db import begin_writing, db, table_of
from idp.oauth.logout.notices import queue_notices_of_grants
from idp.oauth.models import Grant
from idp.oauth.tokens.grant_revocation import revoke_where
from idp.organizations.models import Organization
from idp.organizations.models.organization import OUT_OF_USE

ENDED_AT_ONCE = 500

organizations, grants = table_of(Organization), table_of(Grant)
sessions = table_of(BrowserSession)

UNENDED = grants.c.revoked_at.is_(None)
CLOSED = select(organizations.c.id).where(text(OUT_OF_USE))
FIND = CLOSED.where(
    exists().where(grants.c.organization_id == organizations.c.id, UNENDED)
    | exists().where(sessions.c.organization_id == organizations.c.id)
).limit(1)
HOLD = CLOSED.where(organizations.c.id == bindparam("closed")).with_for_update()


def end_some() -> int:
    """End a batch of what is open in a closed organization; return 0 if nothing is.

    Else ENDED_AT_ONCE, for there may be more, there or in others.
    """
    organization_id = db.session.scalar(FIND)
    if organization_id is None:
        return 0
    begin_writing()
    if db.session.scalar(HOLD, {"closed": organization_id}):
        end_some_in(organization_id)
    return ENDED_AT_ONCE


def end_some_in(organization_id: str) -> None:
    """End a batch of the grants in a context, and tell the apps that have them.

    As many sessions go on without that context.
    """
    leave_closed_organization(organization_id, most=ENDED_AT_ONCE)
    there = grants.c.organization_id == organization_id
    found = select(grants.c.id).where(there, UNENDED).limit(ENDED_AT_ONCE)
    some = db.session.scalars(found).all()
    if some:
        which = grants.c.id.in_(some)
        queue_notices_of_grants(which)
        revoke_where(which)
