"""The organization in whose context a user acts, and what tokens say of it."""

from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select

from idp.accounts.errors import NotSignedIn
from idp.accounts.models import User
from idp.core.db import db, table_of
from idp.core.prepared import Prepared
from idp.organizations.models import Membership, Organization, OrganizationStatus

organizations, memberships = table_of(Organization), table_of(Membership)
users = table_of(User)

IN_USE = (organizations.c.status == OrganizationStatus.ACTIVE) & (
    organizations.c.delete_at.is_(None)
)


class MemberPlace(NamedTuple):
    """A user's place in an organization that is in use; a personal one has no slug."""

    organization_id: str
    slug: str | None
    name: str
    roles: str
    logo_uri: str | None = None

    @property
    def personal(self) -> bool:
        """Tell whether it is the user's own organization."""
        return self.slug is None

    def told(self) -> dict[str, Any]:
        """Return it as the claim ``organizations`` has it."""
        return {
            "id": self.organization_id,
            "slug": self.slug,
            "name": self.name,
            "roles": self.roles.split(),
        }


PLACES = (
    select(
        organizations.c.id.label("organization_id"),
        organizations.c.slug,
        organizations.c.name,
        memberships.c.roles,
        organizations.c.logo_uri,
    )
    .join_from(memberships, organizations)
    .where(memberships.c.user_id == bindparam("of_user"), IN_USE)
)
FIND = Prepared(
    PLACES.where(
        or_(
            organizations.c.id == bindparam("named"),
            organizations.c.slug == bindparam("named"),
        )
    ),
    MemberPlace,
)
FIND_BY_ID = Prepared(
    PLACES.where(organizations.c.id == bindparam("named")), MemberPlace
)
# A place, held until the end of the unit: the user first, as what ends an account does,
# then organization and membership before a session, as what ends a membership does.
HOLD = Prepared(
    select(organizations.c.id)
    .select_from(users)
    .join(organizations, (organizations.c.id == bindparam("named")) & IN_USE)
    .join(
        memberships,
        (memberships.c.organization_id == organizations.c.id)
        & (memberships.c.user_id == users.c.id),
    )
    .where(users.c.id == bindparam("of_user"))
    .with_for_update(read=True)
)
PERSONAL = Prepared(
    select(organizations.c.id).where(
        organizations.c.personal_to == bindparam("of_user")
    )
)
SHARED = PLACES.where(organizations.c.personal_to.is_(None)).order_by(
    organizations.c.name, organizations.c.id
)


def find_place(user_id: str, named: str) -> MemberPlace | None:
    """Return a user's place in an organization, by its id or slug.

    None where there is none, whether or not there is such an organization.
    """
    return FIND.one_or_none({"of_user": user_id, "named": named})


def find_place_in(user_id: str, organization_id: str) -> MemberPlace | None:
    """Return the same by the id alone."""
    return FIND_BY_ID.one_or_none({"of_user": user_id, "named": organization_id})


def hold_place(user_id: str, organization_id: str) -> None:
    """Hold a user's place before their session enters that context.

    Raises NotSignedIn where there is none any more: what is asked is judged anew.
    """
    if HOLD.one_or_none({"of_user": user_id, "named": organization_id}) is None:
        raise NotSignedIn


def acting_in(user_id: str, organization_id: str | None) -> str:
    """Return the organization in which a user acts: the one given, else their own.

    Their own too where they are not in the given one any more.
    """
    if organization_id and find_place_in(user_id, organization_id):
        return organization_id
    own = PERSONAL.one_or_none({"of_user": user_id})
    if own is None:
        raise NotSignedIn  # the account is gone
    personal: str = own.id
    return personal


def shared_places(user_id: str) -> tuple[MemberPlace, ...]:
    """Return a user's organizations by name, without the personal one.

    That has nobody else in it, and its name may be the user's own.
    """
    rows = db.session.execute(SHARED, {"of_user": user_id})
    return tuple(MemberPlace(*row) for row in rows)
