"""Inviting: a link for each address, mailed there or shown to who invites, once.

What is answered does not depend on whether an address has an account.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import update

from idp.accounts.addresses.availability import address_problem
from idp.accounts.errors import InvalidInput
from idp.accounts.mail_limits import count_mails_to
from idp.accounts.names import canonical_email, email_key
from idp.accounts.users import find_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db
from idp.core.errors import FieldError
from idp.core.randomness import digest, new_token
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.mail.apps import WaitingApps
from idp.organizations.invites.errors import InviteAnswered
from idp.organizations.invites.opening import PATH, onward_of, organization_of
from idp.organizations.invites.rows import RENEW, UNANSWERED, WITHDRAW, close, invites
from idp.organizations.models import Invite, Organization
from idp.security import audit

OPEN_FOR = timedelta(days=7)
MOST_AT_ONCE = 100


@dataclass(frozen=True)
class WantedInvite:
    """Whom to invite; ``field`` is what the input called the address.

    ``client_id`` is the app that they are led to, which the mail names.
    """

    email: str
    roles: tuple[str, ...] = ()
    field: str = "email"
    client_id: str | None = None


@dataclass(frozen=True)
class InvitedBy:
    """Who invites; ``user_id`` is None for the operator and for programs.

    ``language`` is what they read, in which the mail is written.
    """

    user_id: str | None = None
    language: str = "en"


@dataclass(frozen=True)
class MadeInvite:
    """A new invite; ``url`` is its link where that is not mailed, told this once."""

    row: Invite
    url: str | None = None


def issue_invites(
    wanted: Iterable[WantedInvite], *, by: InvitedBy, send: bool = True
) -> list[MadeInvite]:
    """Invite some addresses to the server, all of them or none.

    Raises what ``admit_invites`` does; the rest is as ``store_invites`` says.
    """
    asked = admit_invites(wanted, send=send)
    return store_invites(asked, organization=None, by=by, send=send)


def admit_invites(wanted: Iterable[WantedInvite], *, send: bool) -> list[WantedInvite]:
    """Return one of each address as it is mailed; call it before the first write.

    Raises InvalidInput with every mistake, and RateLimited for an address that had its
    share of mails.
    """
    asked = [replace(each, email=canonical_email(each.email)) for each in wanted]
    errors = list(_mistakes_in(asked))
    if errors:
        raise InvalidInput(errors)
    asked = _without_repeats(asked)
    if send:
        count_mails_to([each.email for each in asked])
    return asked


def store_invites(
    asked: Iterable[WantedInvite],
    *,
    organization: Organization | None,
    by: InvitedBy,
    send: bool,
) -> list[MadeInvite]:
    """Make invites that were admitted, each in the place of what its address has open.

    With ``send`` each link is mailed and told to nobody else; without, it is returned
    and proves nothing of the address.
    """
    return [_issue(each, organization=organization, by=by, send=send) for each in asked]


def resend_invite(invite: Invite, *, by: InvitedBy, send: bool = True) -> MadeInvite:
    """Make a new link for an invite that nobody answered; the one of before is void.

    It holds seven days more. Raises InviteAnswered, and RateLimited as above.
    """
    if send:
        count_mails_to([invite.email])
    token, until = new_token(), utcnow() + OPEN_FOR
    values = {
        "of_invite": invite.id,
        "new_digest": digest(token),
        "is_mailed": send,
        "until": until,
    }
    if not changed_one(RENEW, values):
        raise InviteAnswered
    db.session.expire(invite)
    audit.record(
        "invite.resent",
        user_id=by.user_id,
        invite_id=invite.id,
        organization_id=invite.organization_id,
        after={"mailed": send, "expires_at": until.isoformat()},
    )
    return _handed_out(invite, token, by=by)


def withdraw_invite(invite: Invite, *, by: InvitedBy) -> None:
    """Let an invite open nothing any more; raises InviteAnswered."""
    if not close(WITHDRAW, invite):
        raise InviteAnswered
    audit.record(
        "invite.withdrawn",
        user_id=by.user_id,
        invite_id=invite.id,
        organization_id=invite.organization_id,
        before=_kept_of(invite),
    )


def _without_repeats(wanted: Iterable[WantedInvite]) -> list[WantedInvite]:
    """Return one of each address, the first."""
    found: dict[str, WantedInvite] = {}
    for each in wanted:
        found.setdefault(email_key(each.email), each)
    return list(found.values())


def _mistakes_in(wanted: Sequence[WantedInvite]) -> Iterator[FieldError]:
    """Yield what is wrong with what was typed, by the names of its fields."""
    for each in wanted:
        problem = address_problem(each.email)
        if problem:
            yield replace(problem, field=each.field)
    for client_id in {each.client_id for each in wanted if each.client_id}:
        if current(WaitingApps).find(onward_of(client_id)) is None:
            yield FieldError("client_id", "unknown")


def _issue(
    wanted: WantedInvite,
    *,
    organization: Organization | None,
    by: InvitedBy,
    send: bool,
) -> MadeInvite:
    """Store one invite in the place of an open one, and have it mailed."""
    token, now = new_token(), utcnow()
    place = organization.id if organization else None
    _replace_open(place, wanted.email)
    invite = Invite(
        organization_id=place,
        email=wanted.email,
        email_key=email_key(wanted.email),
        roles=" ".join(wanted.roles),
        client_id=wanted.client_id,
        digest=digest(token),
        mailed=send,
        invited_by=by.user_id,
        created_at=now,
        expires_at=now + OPEN_FOR,
    )
    db.session.add(invite)
    db.session.flush()
    audit.record(
        "invite.created",
        user_id=by.user_id,
        invite_id=invite.id,
        organization_id=place,
        after=_kept_of(invite),
    )
    return _handed_out(invite, token, by=by)


def _replace_open(organization_id: str | None, address: str) -> None:
    """Withdraw what an address has open in the same place."""
    same_place = invites.c.organization_id.is_not_distinct_from(organization_id)
    db.session.execute(
        update(invites)
        .where(invites.c.email_key == email_key(address), same_place, UNANSWERED)
        .values(withdrawn_at=utcnow())
    )


def _handed_out(invite: Invite, token: str, *, by: InvitedBy) -> MadeInvite:
    """Mail the link of an invite, or return it."""
    issuer = current(ServerSettings).issuer
    url = f"{issuer}{PATH}?{urlencode({'token': token})}"
    if not invite.mailed:
        return MadeInvite(invite, url)
    person = find_user(by.user_id) if by.user_id else None
    organization = organization_of(invite)
    outbox.send(
        "invite",
        to=invite.email,
        link=url,
        expires_at=invite.expires_at,
        locales=(by.language,),
        names={
            "person": (person.name or "") if person else "",
            "organization": organization.name if organization else "",
        },
        return_to=onward_of(invite.client_id),
    )
    return MadeInvite(invite)


def _kept_of(invite: Invite) -> dict[str, object]:
    """Return what the audit log keeps of an invite; the address is nobody's yet."""
    return {
        "roles": invite.roles,
        "client_id": invite.client_id,
        "mailed": invite.mailed,
        "expires_at": invite.expires_at.isoformat(),
    }
