"""What the owners of an organization are mailed about it."""

from sqlalchemy import select

from idp.accounts.models import User, UserStatus
from idp.core.context import current
from idp.core.db import db
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.mail.messages import MessageName
from idp.organizations.models import Membership, Organization
from idp.organizations.models.membership import IS_OWNER

MOST_MAILED = 50


def notify_owners(
    organization: Organization, message: MessageName, *, page: str = ""
) -> None:
    """Mail the owners whose account is in use the way to a page about it."""
    owners = (
        select(User.email, User.name, User.locale)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id == organization.id, IS_OWNER)
        .where(User.status == UserStatus.ACTIVE, User.email_verified_at.is_not(None))
        .limit(MOST_MAILED)
    )
    here = f"{current(ServerSettings).issuer}/account/orgs/{organization.id}{page}"
    for email, name, locale in db.session.execute(owners):
        outbox.send(
            message,
            to=email,
            link=here,
            display_name=name,
            locales=(locale,),
            names={"organization": organization.name},
        )
