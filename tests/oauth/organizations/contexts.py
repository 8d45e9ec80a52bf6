"""Users in the context of an organization, as tests need them."""

from sqlalchemy import select

from idp.accounts.models import BrowserSession
from idp.core.db import db
from idp.core.randomness import digest
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.changes import set_status
from idp.organizations.contexts.places import MemberPlace, find_place_in
from idp.organizations.members import change_roles, remove_member
from idp.organizations.models import OrganizationStatus
from idp.organizations.registry import get_organization
from tests.factories import Make
from tests.make_users import MadeAccount


def signed_in(make: Make, person: MadeAccount) -> tuple[str, str]:
    """Sign a person in somewhere; return their id and that of the session."""
    token = make.browsers.session(person)
    with make.users.app.app_context():
        mine = BrowserSession.token_digest == digest(token)
        return person.id, db.session.scalars(
            select(BrowserSession.id).where(mine)
        ).one()


def place_of(make: Make, person: MadeAccount, organization_id: str) -> MemberPlace:
    """Return a person's place in an organization."""
    with make.users.app.app_context():
        found = find_place_in(person.id, organization_id)
        assert found
        return found


def set_roles(
    make: Make, organization_id: str, person: MadeAccount, *roles: str
) -> None:
    """Give a member these roles, and no others."""
    with make.users.app.app_context():
        at = get_organization(organization_id)
        change_roles(at, person.id, roles=roles, actor=MACHINE_OPERATOR)
        db.session.commit()


def remove(make: Make, organization_id: str, person: MadeAccount) -> None:
    """Remove a member."""
    with make.users.app.app_context():
        remove_member(
            get_organization(organization_id), person.id, actor=MACHINE_OPERATOR
        )
        db.session.commit()


def close(make: Make, organization_id: str) -> None:
    """Disable an organization."""
    with make.users.app.app_context():
        set_status(
            get_organization(organization_id),
            OrganizationStatus.DISABLED,
            actor=MACHINE_OPERATOR,
        )
        db.session.commit()
