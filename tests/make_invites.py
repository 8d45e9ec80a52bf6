"""Factories of invites."""

from flask import Flask

from idp.core.db import db
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.invites.into import invite_into
from idp.organizations.invites.issuing import InvitedBy, WantedInvite, issue_invites
from idp.organizations.registry import get_organization
from tests.records import Records


class MakeInvites:
    """Invites, as whoever may invite sends them."""

    def __init__(self, app: Flask, records: Records) -> None:
        self.app = app
        self._records = records

    def invite(
        self,
        email: str,
        *,
        by: str | None = None,
        into: str | None = None,
        roles: tuple[str, ...] = (),
        send: bool = True,
    ) -> str:
        """Invite an address; return the path of the link, mailed or handed over."""
        with self.app.app_context():
            wanted, inviter = [WantedInvite(email, roles)], InvitedBy(by)
            [made] = (
                invite_into(
                    get_organization(into),
                    wanted,
                    actor=MACHINE_OPERATOR,
                    by=inviter,
                    send=send,
                )
                if into
                else issue_invites(wanted, by=inviter, send=send)
            )
            db.session.commit()
            url = made.url or ""
        if not send:
            return url.removeprefix("https://idp.example")
        return self._records.mail_to(email).link
