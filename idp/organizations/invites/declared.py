"""Invites declared in a file (``--seed``): sent once, not at every start."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from idp.accounts.errors import InvalidInput
from idp.accounts.names import email_key
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.errors import FieldError
from idp.core.text import worded
from idp.organizations.invites.issuing import (
    InvitedBy,
    WantedInvite,
    admit_invites,
    store_invites,
)
from idp.organizations.invites.rows import InviteState, state_of
from idp.organizations.lifecycle.declared import declared_place
from idp.organizations.members import check_roles
from idp.organizations.models import Invite
from idp.organizations.roles import MEMBER

FIELDS = frozenset({"email", "organization", "roles", "client_id"})


def apply_invite(declared: Mapping[str, Any]) -> list[str]:
    """Mail one declared invite, unless there is one whose time has not run out.

    ``organization`` is a slug; without it the invite is to the server. ``client_id`` is
    the app that it leads to. Raises InvalidInput, and InvalidOrganization for roles
    that there are not.
    """
    unknown = sorted(declared.keys() - FIELDS)
    if unknown:
        raise InvalidInput([FieldError(unknown[0], "invalid", worded("not supported"))])
    organization = declared_place(declared)
    roles = tuple(map(str, declared.get("roles", [MEMBER] if organization else [])))
    if organization:
        check_roles(organization, roles)
    leads_to = str(declared.get("client_id", "")) or None
    wanted = WantedInvite(str(declared.get("email", "")), roles, client_id=leads_to)
    [asked] = admit_invites([wanted], send=False)  # no start is one mail too many
    if not _is_there(asked.email, organization.id if organization else None):
        store_invites([asked], organization=organization, by=InvitedBy(), send=True)
    return []


def _is_there(address: str, organization_id: str | None) -> bool:
    """Tell whether an address was invited there, and had its time to answer or has."""
    found = select(Invite).where(
        Invite.email_key == email_key(address),
        Invite.organization_id.is_not_distinct_from(organization_id),
    )
    now = utcnow()
    return any(
        state_of(invite, now=now) is not InviteState.EXPIRED
        for invite in db.session.scalars(found)
    )
