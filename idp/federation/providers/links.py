"""Who is linked to a provider, in numbers."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select

from idp.accounts.models import Passkey, User
from idp.core.db import db
from idp.federation.models import LinkedIdentity


@dataclass(frozen=True)
class Linked:
    """How many users are linked; ``stranded`` have no other way to sign in."""

    users: int
    stranded: int


def count_links(provider_id: str) -> int:
    """Return how many identities of a provider open an account here."""
    found = select(func.count()).where(LinkedIdentity.provider_id == provider_id)
    return db.session.scalar(found) or 0


def count_all_links() -> dict[str, int]:
    """Return the same by the id of each provider that has any."""
    counted = select(LinkedIdentity.provider_id, func.count()).group_by(
        LinkedIdentity.provider_id
    )
    return {row[0]: row[1] for row in db.session.execute(counted)}


def count_linked(provider_id: str) -> Linked:
    """Return whom the end of a provider is about."""
    of_provider = LinkedIdentity.provider_id == provider_id
    linked = User.id.in_(select(LinkedIdentity.user_id).where(of_provider))
    elsewhere = exists().where(
        LinkedIdentity.user_id == User.id, LinkedIdentity.provider_id != provider_id
    )
    passkey = exists().where(
        Passkey.user_id == User.id,
        Passkey.disabled_at.is_(None),
        Passkey.second_step.is_(False),
    )
    alone = User.password_hash.is_(None) & ~elsewhere & ~passkey
    users, stranded = db.session.execute(
        select(func.count(), func.count().filter(alone)).select_from(User).where(linked)
    ).one()
    return Linked(users, stranded)
