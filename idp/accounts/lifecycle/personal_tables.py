"""The personal data of this slice and of the ones below it."""

from sqlalchemy import ColumnElement, delete, select, update

from idp.accounts.lifecycle.personal_data import DataSubject, PersonalTable
from idp.accounts.models import (
    BrowserSession,
    EmailChange,
    FactorChange,
    FactorLock,
    Group,
    GroupMember,
    KnownDevice,
    MailRequest,
    OneTimeToken,
    Passkey,
    PendingRegistration,
    PendingSignIn,
    Policy,
    RecoveryCode,
    RegistrationApproval,
    ScheduledDeletion,
    TermsAcceptance,
    TotpSecret,
    TrustedBrowser,
    User,
    UserEmail,
    UserPicture,
    WaitingPlace,
    WebauthnChallenge,
)
from idp.accounts.names import email_key
from idp.core.db import table_of
from idp.mail.models import OutboxMessage
from idp.security.models import AuditEvent

users, sessions = table_of(User), table_of(BrowserSession)
emails, pictures = table_of(UserEmail), table_of(UserPicture)
tokens, changes = table_of(OneTimeToken), table_of(EmailChange)
deletions, devices = table_of(ScheduledDeletion), table_of(KnownDevice)
events, mails = table_of(AuditEvent), table_of(OutboxMessage)
requests = table_of(MailRequest)
groups, members = table_of(Group), table_of(GroupMember)
sign_ins = table_of(PendingSignIn)
trusted = table_of(TrustedBrowser)
passkeys, challenges = table_of(Passkey), table_of(WebauthnChallenge)
secrets, codes = table_of(TotpSecret), table_of(RecoveryCode)
locks, factors = table_of(FactorLock), table_of(FactorChange)
registrations, policies = table_of(PendingRegistration), table_of(Policy)
acceptances = table_of(TermsAcceptance)
approvals, places = table_of(RegistrationApproval), table_of(WaitingPlace)


def _asked_for_by(subject: DataSubject) -> ColumnElement[bool]:
    """Say which requests for mails are about a user's addresses."""
    return requests.c.address.in_(map(email_key, subject.addresses))


def _signed_up_with(subject: DataSubject) -> ColumnElement[bool]:
    """Say which pending sign-ups are with a user's addresses."""
    return registrations.c.email_key.in_(map(email_key, subject.addresses))


def _waits_with(subject: DataSubject) -> ColumnElement[bool]:
    """Say which places on the waitlist are of a user's addresses."""
    return places.c.email_key.in_(map(email_key, subject.addresses))


PERSONAL_TABLES = (
    PersonalTable(
        name="account",
        table=users,
        of_subject=lambda subject: users.c.id == subject.user_id,
        withheld=frozenset({"password_hash", "registration_digest"}),
    ),
    PersonalTable(
        name="picture",
        table=pictures,
        of_subject=lambda subject: pictures.c.user_id == subject.user_id,
    ),
    PersonalTable(
        name="sessions",
        table=sessions,
        of_subject=lambda subject: sessions.c.user_id == subject.user_id,
        withheld=frozenset({"token_digest"}),
    ),
    PersonalTable(
        name="known_devices",
        table=devices,
        of_subject=lambda subject: devices.c.user_id == subject.user_id,
        withheld=frozenset({"token_digest"}),
    ),
    PersonalTable(
        name="trusted_browsers",
        table=trusted,
        of_subject=lambda subject: trusted.c.user_id == subject.user_id,
        withheld=frozenset({"token_digest"}),
    ),
    PersonalTable(
        name="groups",
        table=members,
        of_subject=lambda subject: members.c.user_id == subject.user_id,
        told={
            "name": select(groups.c.name)
            .where(groups.c.id == members.c.group_id)
            .scalar_subquery()
        },
    ),
    PersonalTable(
        name="mailed_links",
        table=tokens,
        of_subject=lambda subject: tokens.c.user_id == subject.user_id,
        withheld=frozenset({"token_digest", "code_mac"}),
    ),
    PersonalTable(
        name="addresses",
        table=emails,
        of_subject=lambda subject: emails.c.user_id == subject.user_id,
    ),
    PersonalTable(
        name="email_changes",
        table=changes,
        of_subject=lambda subject: changes.c.user_id == subject.user_id,
    ),
    PersonalTable(
        name="scheduled_deletion",
        table=deletions,
        of_subject=lambda subject: deletions.c.user_id == subject.user_id,
    ),
    # An event stays without its user: the id in it leads nowhere any more.
    PersonalTable(
        name="security_events",
        table=events,
        of_subject=lambda subject: events.c.user_id == subject.user_id,
        erase=lambda subject: (
            update(events)
            .where(events.c.user_id == subject.user_id)
            .values(ip=None, user_agent=None)
        ),
    ),
    PersonalTable(
        name="mail_requests",
        table=requests,
        of_subject=_asked_for_by,
        erase=lambda subject: delete(requests).where(_asked_for_by(subject)),
    ),
    PersonalTable(
        name="pending_registrations",
        table=registrations,
        of_subject=_signed_up_with,
        withheld=frozenset(
            {"token_digest", "code_mac", "registration_digest", "password_hash"}
        ),
        erase=lambda subject: delete(registrations).where(_signed_up_with(subject)),
    ),
    PersonalTable(
        name="registration_approval",
        table=approvals,
        of_subject=lambda subject: approvals.c.user_id == subject.user_id,
    ),
    PersonalTable(
        name="registration_waitlist",
        table=places,
        of_subject=_waits_with,
        withheld=frozenset({"admit_digest"}),
        erase=lambda subject: delete(places).where(_waits_with(subject)),
    ),
    PersonalTable(
        name="pending_sign_ins",
        table=sign_ins,
        of_subject=lambda subject: sign_ins.c.user_id == subject.user_id,
        withheld=frozenset({"digest", "browser_digest"}),
    ),
    PersonalTable(
        name="passkeys",
        table=passkeys,
        of_subject=lambda subject: passkeys.c.user_id == subject.user_id,
        withheld=frozenset({"credential_id", "public_key"}),
    ),
    PersonalTable(
        name="passkey_challenges",
        table=challenges,
        of_subject=lambda subject: challenges.c.user_id == subject.user_id,
        withheld=frozenset({"digest", "challenge", "bound_to"}),
    ),
    PersonalTable(
        name="authenticator_apps",
        table=secrets,
        of_subject=lambda subject: secrets.c.user_id == subject.user_id,
        withheld=frozenset({"sealed"}),
    ),
    PersonalTable(
        name="recovery_codes",
        table=codes,
        of_subject=lambda subject: codes.c.user_id == subject.user_id,
        withheld=frozenset({"mac", "keys_sealed"}),
    ),
    PersonalTable(
        name="factor_locks",
        table=locks,
        of_subject=lambda subject: locks.c.user_id == subject.user_id,
    ),
    PersonalTable(
        name="factor_changes",
        table=factors,
        of_subject=lambda subject: factors.c.user_id == subject.user_id,
    ),
    PersonalTable(
        name="accepted_terms",
        table=acceptances,
        of_subject=lambda subject: acceptances.c.user_id == subject.user_id,
    ),
    # What an operator decided stays without them.
    PersonalTable(
        name="policies",
        table=policies,
        of_subject=lambda subject: policies.c.updated_by == subject.user_id,
        erase=lambda subject: (
            update(policies)
            .where(policies.c.updated_by == subject.user_id)
            .values(updated_by=None)
        ),
    ),
    # The values hold links that work.
    PersonalTable(
        name="mails",
        table=mails,
        of_subject=lambda subject: mails.c.recipient.in_(subject.addresses),
        withheld=frozenset({"text", "html", "values_sealed"}),
        erase=lambda subject: delete(mails).where(
            mails.c.recipient.in_(subject.addresses)
        ),
    ),
)
