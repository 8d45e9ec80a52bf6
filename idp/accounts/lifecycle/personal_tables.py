"""The personal data of this slice and of the ones below it."""

from sqlalchemy import ColumnElement, delete, update

from idp.accounts.lifecycle.personal_data import Person, PersonalTable
from idp.accounts.models import (
    BrowserSession,
    EmailChange,
    KnownDevice,
    MailRequest,
    OneTimeToken,
    ScheduledDeletion,
    User,
)
from idp.accounts.names import email_key
from idp.core.db import table_of
from idp.mail.models import OutboxMessage
from idp.security.models import AuditEvent

users, sessions = table_of(User), table_of(BrowserSession)
tokens, changes = table_of(OneTimeToken), table_of(EmailChange)
deletions, devices = table_of(ScheduledDeletion), table_of(KnownDevice)
events, letters = table_of(AuditEvent), table_of(OutboxMessage)
wishes = table_of(MailRequest)


def _wished_by(person: Person) -> ColumnElement[bool]:
    """Say which wishes for mails are about a person's addresses."""
    return wishes.c.address.in_(map(email_key, person.addresses))


PERSONAL_TABLES = (
    PersonalTable(
        name="account",
        table=users,
        of_person=lambda person: users.c.id == person.user_id,
        withheld=frozenset({"password_hash"}),
    ),
    PersonalTable(
        name="sessions",
        table=sessions,
        of_person=lambda person: sessions.c.user_id == person.user_id,
        withheld=frozenset({"token_digest"}),
    ),
    PersonalTable(
        name="known_devices",
        table=devices,
        of_person=lambda person: devices.c.user_id == person.user_id,
        withheld=frozenset({"token_digest"}),
    ),
    PersonalTable(
        name="mailed_links",
        table=tokens,
        of_person=lambda person: tokens.c.user_id == person.user_id,
        withheld=frozenset({"token_digest", "code_mac"}),
    ),
    PersonalTable(
        name="email_changes",
        table=changes,
        of_person=lambda person: changes.c.user_id == person.user_id,
    ),
    PersonalTable(
        name="scheduled_deletion",
        table=deletions,
        of_person=lambda person: deletions.c.user_id == person.user_id,
    ),
    # An event stays without its person: the id in it leads nowhere any more.
    PersonalTable(
        name="security_events",
        table=events,
        of_person=lambda person: events.c.user_id == person.user_id,
        erase=lambda person: (
            update(events)
            .where(events.c.user_id == person.user_id)
            .values(ip=None, user_agent=None)
        ),
    ),
    PersonalTable(
        name="mail_requests",
        table=wishes,
        of_person=_wished_by,
        erase=lambda person: delete(wishes).where(_wished_by(person)),
    ),
    # The bodies hold links that work.
    PersonalTable(
        name="mails",
        table=letters,
        of_person=lambda person: letters.c.recipient.in_(person.addresses),
        withheld=frozenset({"text", "html"}),
        erase=lambda person: delete(letters).where(
            letters.c.recipient.in_(person.addresses)
        ),
    ),
)
