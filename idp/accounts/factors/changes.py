"""Changes of a user's second factors: what the account keeps of them, who is told.

Each raises the version of the account, so that no proof counts that was judged before,
gives the session that asked a new cookie, and mails the owner a link that undoes it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import bindparam, update

from idp.accounts.errors import NotSignedIn
from idp.accounts.factors.trusted_browsers import end_all_trust
from idp.accounts.models import FactorChange, User
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.guard import RAISED, UNCHANGED, users
from idp.accounts.sessions.proofs import Method, Proof, with_proof
from idp.accounts.sessions.start import StartedSession, renew_token
from idp.accounts.users import get_user
from idp.core.context import current
from idp.core.db import changed_one, db
from idp.core.sealing import Keyring
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.mail.messages import MessageName
from idp.security.requester import Requester

UNDO_WITHIN = timedelta(hours=72)
MAC_PURPOSE = "factor-undo"

SET_FACTORS = (
    update(users)
    .where(*UNCHANGED)
    .values(RAISED | {"factors": bindparam("new_factors", type_=users.c.factors.type)})
)
MAILS: dict[tuple[str, bool], MessageName] = {
    ("totp", True): "totp_added",
    ("totp", False): "totp_removed",
    ("passkey", True): "passkey_added",
    ("passkey", False): "passkey_removed",
    ("security_key", True): "security_key_added",
    ("security_key", False): "security_key_removed",
}


@dataclass(frozen=True)
class ChangedFactor:
    """Which factor was added or removed; the id is of its own row.

    ``at`` is also when that row says so. ``kind`` is what it is called in ``factors``,
    where that is not its method.
    """

    method: Method
    credential_id: str
    added: bool
    at: datetime
    kind: str = ""


def change_factors(
    live: LiveSession, factors: set[str], *, requester: Requester, proof: Proof | None
) -> StartedSession:
    """Write which kinds of factors a user has; the session goes on with a new cookie.

    ``proof`` is what the user has shown of a new one. Raises NotSignedIn when the
    account, or the session, is not any more what it was.
    """
    new = sorted(factors)
    values = {"of_user": live.user_id, "seen_version": live.security_version}
    if not changed_one(SET_FACTORS, values | {"new_factors": new}):
        raise NotSignedIn
    db.session.expire(get_user(live.user_id), ["factors", "security_version"])
    proofs = with_proof(live.proven, proof) if proof else live.proven
    own = replace(
        live,
        factors=new,
        security_version=live.security_version + 1,
        proofs=[each.stored() for each in proofs],
    )
    renewed = renew_token(own, requester=requester)
    if renewed is None:
        raise NotSignedIn
    end_all_trust(live.user_id)
    return renewed


def record_change(user: User, changed: ChangedFactor, *, requester: Requester) -> None:
    """Keep a change for its undo, and mail the owner the link."""
    change = FactorChange(
        user_id=user.id,
        method=changed.method.value,
        credential_id=changed.credential_id,
        added=changed.added,
        changed_at=changed.at,
        undo_until=changed.at + UNDO_WITHIN,
    )
    db.session.add(change)
    db.session.flush()
    outbox.send(
        MAILS[changed.kind or changed.method.value, changed.added],
        to=user.email,
        link=_undo_link(change.id),
        expires_at=change.undo_until,
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )


def _undo_link(change_id: str) -> str:
    """Return the link of a notice; it is not stored."""
    token = f"{change_id}.{current(Keyring).mac(MAC_PURPOSE, change_id)}"
    query = urlencode({"token": token})
    return f"{current(ServerSettings).issuer}/factor-change/undo?{query}"
