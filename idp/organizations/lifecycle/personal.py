"""Everybody's own organization, made in the transaction that makes the account."""

from idp.accounts.events import UserCreated
from idp.core.db import db
from idp.core.events import EventBus
from idp.organizations.models import Membership, Organization
from idp.organizations.roles import OWNER

UNNAMED = ""  # whoever shows it has the words


def subscribe(bus: EventBus) -> None:
    """Follow new accounts."""
    bus.subscribe(UserCreated, _add_personal_organization)


def _add_personal_organization(event: UserCreated) -> None:
    """Make a new user the owner of an organization of their own."""
    name = event.name or event.username or UNNAMED
    organization = Organization(name=name, personal_to=event.user_id)
    db.session.add(organization)
    db.session.flush()
    db.session.add(
        Membership(organization_id=organization.id, user_id=event.user_id, roles=OWNER)
    )
