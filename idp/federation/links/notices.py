"""Telling the owner of an account that a provider opens it now, or no more.

The notice has a link that undoes it. It is not stored: its token is the id of the
change and a MAC over it.
"""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from idp.accounts.models import User
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db
from idp.core.sealing import Keyring
from idp.core.settings.server import ServerSettings
from idp.federation.links.rows import Link
from idp.federation.models import LinkChange
from idp.mail import outbox
from idp.security.requester import Requester

UNDO_WITHIN = timedelta(hours=72)
MAC_PURPOSE = "link-undo"
PATH = "/link-change/undo"


def record_linked(user: User, link: Link, *, requester: Requester) -> None:
    """Keep that an identity was linked, for its undo, and mail the owner."""
    change = _keep(user, link, added=True, at=link.created_at)
    _tell(user, change, requester=requester)


def record_unlinked(user: User, link: Link, *, requester: Requester) -> None:
    """Keep what was unlinked, for its undo, and mail the owner."""
    change = _keep(user, link, added=False, at=utcnow())
    _tell(user, change, requester=requester)


def _keep(user: User, link: Link, *, added: bool, at: datetime) -> LinkChange:
    """Write a change down."""
    change = LinkChange(
        user_id=user.id,
        provider_id=link.provider_id,
        subject=link.subject,
        email=link.email,
        linked_at=link.created_at,
        added=added,
        changed_at=at,
        undo_until=at + UNDO_WITHIN,
    )
    db.session.add(change)
    db.session.flush()
    return change


def _tell(user: User, change: LinkChange, *, requester: Requester) -> None:
    """Mail the owner the link that undoes a change."""
    token = f"{change.id}.{current(Keyring).mac(MAC_PURPOSE, change.id)}"
    query = urlencode({"token": token})
    outbox.send(
        "provider_linked" if change.added else "provider_unlinked",
        to=user.email,
        link=f"{current(ServerSettings).issuer}{PATH}?{query}",
        expires_at=change.undo_until,
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )
