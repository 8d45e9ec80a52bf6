"""Which identity opens which account: one row for each link."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import add_if_absent, changed_one, db, table_of
from idp.core.randomness import new_id
from idp.core.sealing import Keyring, SealedColumn
from idp.federation.models import LinkedIdentity
from idp.federation.providers.cache import list_providers
from idp.federation.upstream.identity import UpstreamIdentity

links = table_of(LinkedIdentity)
SEALED = SealedColumn(links.c.tokens_sealed, "linked_identity:{provider_id}:{subject}")

OF_IDENTITY = (
    links.c.provider_id == bindparam("of_provider"),
    links.c.subject == bindparam("of_subject"),
)
FIND_USER = select(links.c.user_id).where(*OF_IDENTITY)
USE = (
    update(links)
    .where(*OF_IDENTITY)
    .values(
        email=bindparam("new_email"),
        last_used_at=bindparam("now"),
        tokens_sealed=bindparam("new_tokens"),
        checked_at=bindparam("now"),
        gone_at=None,
    )
)
REMOVE = (
    delete(links)
    .where(
        links.c.user_id == bindparam("of_user"),
        links.c.provider_id == bindparam("of_provider"),
    )
    .returning(links.c.subject, links.c.email, links.c.created_at)
)
REMOVE_ALL = delete(links).where(links.c.user_id == bindparam("of_user"))


@dataclass(frozen=True)
class Link:
    """What opens an account: who it is at a provider, and since when."""

    provider_id: str
    subject: str
    email: str | None
    created_at: datetime


def find_linked_user(identity: UpstreamIdentity) -> str | None:
    """Return whose account an identity opens."""
    return db.session.scalar(FIND_USER, _key(identity))


def list_links(user_id: str) -> Sequence[LinkedIdentity]:
    """Return the links of an account, the oldest first."""
    own = select(LinkedIdentity).where(LinkedIdentity.user_id == user_id)
    return db.session.scalars(
        own.order_by(LinkedIdentity.created_at, LinkedIdentity.provider_id)
    ).all()


def names_of_linked(user_id: str) -> Sequence[str]:
    """Return the names of the providers that sign a user in; none asks nothing."""
    usable = {each.id: each.name for each in list_providers() if not each.disabled}
    if not usable:
        return ()
    linked = {link.provider_id for link in list_links(user_id)}
    return [name for provider_id, name in usable.items() if provider_id in linked]


def add_link(user_id: str, identity: UpstreamIdentity) -> Link | None:
    """Let an identity open an account; None when it opens one already."""
    now = utcnow()
    link = Link(identity.provider_id, identity.subject, identity.email, now)
    row = _row_of(user_id, link)
    row |= {"last_used_at": now, "tokens_sealed": _sealed(identity)}
    return link if add_if_absent(links, row) else None


def put_back(user_id: str, link: Link) -> None:
    """Let an identity open an account again, unless it opens one by now."""
    add_if_absent(links, _row_of(user_id, link))


def record_use(identity: UpstreamIdentity) -> bool:
    """Note a sign-in by a link; False when the link is gone by now."""
    values = {
        "new_email": identity.email,
        "now": utcnow(),
        "new_tokens": _sealed(identity),
    }
    return changed_one(USE, _key(identity) | values)


def has_link(user_id: str, provider_id: str) -> bool:
    """Tell whether a provider opens an account, by whichever identity."""
    return any(link.provider_id == provider_id for link in list_links(user_id))


def remove_link(user_id: str, provider_id: str) -> Link | None:
    """Let a provider open an account no more; None when it did not."""
    values = {"of_user": user_id, "of_provider": provider_id}
    gone = db.session.execute(REMOVE, values).one_or_none()
    return Link(provider_id, *gone) if gone else None


def remove_links(user_id: str) -> None:
    """Let no provider open an account any more."""
    db.session.execute(REMOVE_ALL, {"of_user": user_id})


def _row_of(user_id: str, link: Link) -> dict[str, Any]:
    """Return the row of a new link."""
    return {"id": new_id(), "user_id": user_id, **asdict(link)}


def _key(identity: UpstreamIdentity) -> dict[str, Any]:
    """Return what an identity is known by."""
    return {"of_provider": identity.provider_id, "of_subject": identity.subject}


def _sealed(identity: UpstreamIdentity) -> bytes | None:
    """Return the provider's tokens encrypted, if they are kept."""
    if identity.tokens is None:
        return None
    row = SEALED.bound_to(provider_id=identity.provider_id, subject=identity.subject)
    content = json.dumps(identity.tokens).encode()
    return current(Keyring).seal(content, bound_to=row)
