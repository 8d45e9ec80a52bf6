"""Who is in an organization: members come, go, and get other roles."""

from collections.abc import Collection

from sqlalchemy import Select, select

from idp.accounts.models import User, UserStatus
from idp.core.clock import utcnow
from idp.core.db import add_if_absent, db, table_of, unless_taken
from idp.core.errors import FieldError
from idp.core.events import publish
from idp.organizations.access import Actor, require
from idp.organizations.changes import hold_shared
from idp.organizations.errors import (
    InvalidOrganization,
    LastOwnerOfOrganization,
    NotAMember,
)
from idp.organizations.events import MembershipEnded
from idp.organizations.models import Membership, Organization, OrganizationRole
from idp.organizations.models.membership import IS_OWNER
from idp.organizations.registry import record_organization
from idp.organizations.rights import Right, right_to_change
from idp.organizations.roles import ADMIN, BUILT_IN, MEMBER, OWNER, further, joined

memberships = table_of(Membership)


def add_member(
    organization: Organization,
    user_id: str,
    *,
    roles: Collection[str] = (MEMBER,),
    actor: Actor,
) -> bool:
    """Make a user a member, as an operator does; False when they are one already.

    Raises InvalidOrganization for an unknown role, NotAMember for an unknown user, and
    what ``hold_shared`` does.
    """
    hold_shared(organization, Right.OPERATE, actor=actor)
    return join(organization, user_id, roles=roles, by=actor.user_id)


def join(
    organization: Organization,
    user_id: str,
    *,
    roles: Collection[str] = (MEMBER,),
    by: str | None,
) -> bool:
    """Make a user a member of an organization that is held; False when they are one.

    ``by`` is who let them in: whether they may is for the caller to say.
    """
    check_roles(organization, roles)
    given = joined(roles)
    row = {
        "organization_id": organization.id,
        "user_id": user_id,
        "roles": given,
        "created_at": utcnow(),
    }
    with unless_taken(NotAMember):  # the user is gone
        added = add_if_absent(memberships, row)
    if added:
        _record("member.added", organization, user_id=user_id, by=by, after=given)
    return added


def change_roles(
    organization: Organization, user_id: str, *, roles: Collection[str], actor: Actor
) -> bool:
    """Give a member these roles, and no others; False when they were so before.

    Owners alone make owners, and unmake them. Raises NotAMember, InvalidOrganization
    for an unknown role, LastOwnerOfOrganization, and what ``hold_shared`` does.
    """
    hold_shared(organization, Right.READ, actor=actor)
    member = get_member(organization, user_id)
    check_roles(organization, set(roles) - further(member.roles))
    wanted = joined(roles)
    require(organization, _right(old=member.roles, new=wanted), actor=actor)
    if wanted == member.roles:
        return False
    unmade = member.role == OWNER
    _set_roles(organization, member, wanted=wanted, by=actor.user_id)
    if unmade:
        _refuse_ownerless(organization)
    return True


def remove_member(organization: Organization, user_id: str, *, actor: Actor) -> None:
    """End a membership: of who leaves, or is removed by who may.

    What they opened in the organization's context ends. Raises NotAMember,
    LastOwnerOfOrganization, and what ``hold_shared`` does.
    """
    leaves = user_id == actor.user_id
    hold_shared(organization, Right.READ, actor=actor, stays=not leaves)
    member = get_member(organization, user_id)
    before = member.roles
    if not leaves:
        require(organization, _right(old=before), actor=actor)
    db.session.delete(member)
    if member.role == OWNER:
        _refuse_ownerless(organization)
    publish(MembershipEnded(organization.id, user_id))
    event = "member.left" if leaves else "member.removed"
    _record(event, organization, user_id=user_id, by=actor.user_id, before=before)


def transfer(organization: Organization, user_id: str, *, actor: Actor) -> None:
    """Make another member the owner in the actor's place, who is an admin from now on.

    An operator who owns it not puts them in the place of all owners. Raises NotAMember
    and what ``hold_shared`` does.
    """
    hold_shared(organization, Right.OWNERS, actor=actor)
    heir = get_member(organization, user_id)
    owners = db.session.scalars(_owners(organization)).all()
    own = [owner for owner in owners if owner.user_id == actor.user_id]
    for owner in own or owners:
        if owner.user_id != user_id:
            kept = {ADMIN, *further(owner.roles)}
            _set_roles(organization, owner, wanted=joined(kept), by=actor.user_id)
    if heir.role != OWNER:
        given = joined({OWNER, *further(heir.roles)})
        _set_roles(organization, heir, wanted=given, by=actor.user_id)
    _refuse_ownerless(organization)


def check_roles(organization: Organization, roles: Collection[str]) -> None:
    """Raise InvalidOrganization for roles that the organization does not have."""
    asked = frozenset(roles).difference(BUILT_IN)
    if not asked:
        return
    named = select(OrganizationRole.name).where(
        OrganizationRole.organization_id == organization.id
    )
    own = sorted(db.session.scalars(named))
    known = ", ".join((*BUILT_IN, *own))
    errors = [
        FieldError("roles", "unknown", values={"role": role, "known": known})
        for role in sorted(asked.difference(own))
    ]
    if errors:
        raise InvalidOrganization(errors)


def has_acting_owner(organization: Organization, *, but: str | None = None) -> bool:
    """Tell whether somebody owns an organization whose account is in use.

    Somebody else, if one user is left out of account (``but``).
    """
    acting = (
        select(Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organization_id == organization.id, IS_OWNER)
        .where(User.status == UserStatus.ACTIVE)
        .limit(1)
    )
    if but is not None:
        acting = acting.where(Membership.user_id != but)
    return db.session.scalar(acting) is not None


def get_member(organization: Organization, user_id: str) -> Membership:
    """Return a membership as it is now, or raise NotAMember."""
    found = select(Membership).where(
        Membership.organization_id == organization.id, Membership.user_id == user_id
    )
    anew = found.execution_options(populate_existing=True)
    member = db.session.scalars(anew).one_or_none()
    if member is None:
        raise NotAMember
    return member


def _set_roles(
    organization: Organization, member: Membership, *, wanted: str, by: str | None
) -> None:
    """Write other roles of a member."""
    before, member.roles = member.roles, wanted
    event = "member.role_changed"
    _record(
        event, organization, user_id=member.user_id, by=by, before=before, after=wanted
    )


def _owners(organization: Organization) -> Select[Membership]:
    """Return the query of who owns an organization."""
    return select(Membership).where(
        Membership.organization_id == organization.id, IS_OWNER
    )


def _right(*, old: str, new: str | None = None) -> Right:
    """Return what it is to change stored roles into others, or to end them."""
    first = [roles.partition(" ")[0] if roles else None for roles in (old, new)]
    return right_to_change(old=first[0], new=first[1])


def _record(
    event: str,
    organization: Organization,
    *,
    user_id: str,
    by: str | None,
    before: str | None = None,
    after: str | None = None,
) -> None:
    """Say in the audit log what became of a membership."""
    record_organization(
        event,
        organization,
        by=by,
        member=user_id,
        before={"roles": before.split()} if before else None,
        after={"roles": after.split()} if after else None,
    )


def _refuse_ownerless(organization: Organization) -> None:
    """Raise LastOwnerOfOrganization if nobody owns an organization who could act."""
    db.session.flush()
    if not has_acting_owner(organization):
        raise LastOwnerOfOrganization
