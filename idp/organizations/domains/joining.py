"""Who has a proven address at a verified domain becomes a member, once.

It is judged where an address is proven and where a session begins, from what the
process keeps: who has none of these addresses costs no statement. Who has left, or was
removed, does not come back so.
"""

from sqlalchemy import bindparam, literal, select

from idp.accounts.events import AddressProven, SessionBegan
from idp.core.clock import utcnow
from idp.core.db import add_if_absent, db, table_of
from idp.core.events import EventBus
from idp.organizations.domains.verified import (
    VerifiedDomain,
    find_verified,
    forget_verified,
    verified_domains,
)
from idp.organizations.errors import UnknownOrganization
from idp.organizations.events import (
    MembershipEnded,
    OrganizationClosed,
    OrganizationReopened,
)
from idp.organizations.members import join
from idp.organizations.models import DomainJoin, Organization
from idp.organizations.registry import hold_organization

joins = table_of(DomainJoin)
NOTED = select(literal(1)).where(
    joins.c.organization_id == bindparam("of_organization"),
    joins.c.user_id == bindparam("of_user"),
)


def subscribe(bus: EventBus) -> None:
    """Follow proven addresses, sessions, and who leaves."""
    bus.subscribe(AddressProven, _join_by_address)
    bus.subscribe(SessionBegan, _join_at_sign_in)
    bus.subscribe(MembershipEnded, _stay_out)
    bus.subscribe(OrganizationClosed, _forget_domains)
    bus.subscribe(OrganizationReopened, _forget_domains)


def join_once(organization_id: str, user_id: str) -> None:
    """Make a user a member, unless they had been one, or the organization is unused.

    It is held first, as by who removes members.
    """
    organization = db.session.get(Organization, organization_id)
    if organization is None:
        return
    try:
        hold_organization(organization)
    except UnknownOrganization:  # erased meanwhile
        return
    if organization.in_use and _note(organization.id, user_id):
        join(organization, user_id, by=None)


def _join_by_address(event: AddressProven) -> None:
    """Let the owner of an address in."""
    _join(event.user_id, event.address)


def _join_at_sign_in(event: SessionBegan) -> None:
    """Let who signs in with a proven address in, be the domain verified since."""
    if event.email_verified:
        _join(event.user_id, event.email)


def _stay_out(event: MembershipEnded) -> None:
    """Note who left an organization that lets people in by their address."""
    organizations = {each.organization_id for each in verified_domains().values()}
    if event.organization_id in organizations:
        _note(event.organization_id, event.user_id)


def _forget_domains(_event: OrganizationClosed | OrganizationReopened) -> None:
    """Let domains of an organization count while it is in use, and no longer."""
    forget_verified()


def _join(user_id: str, address: str) -> None:
    """Let in who has an address, unless that was done before."""
    found = find_verified(address)
    if found and found.auto_join and not _was_noted(found, user_id):
        join_once(found.organization_id, user_id)


def _was_noted(found: VerifiedDomain, user_id: str) -> bool:
    """Tell whether a user joins by their address no more."""
    key = {"of_organization": found.organization_id, "of_user": user_id}
    return db.session.execute(NOTED, key).first() is not None


def _note(organization_id: str, user_id: str) -> bool:
    """Note that a user joins by their address no more; False when that was so."""
    row = {"organization_id": organization_id, "user_id": user_id, "at": utcnow()}
    return add_if_absent(joins, row)
