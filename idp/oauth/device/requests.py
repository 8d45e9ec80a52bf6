"""Devices that wait for their person: find one by its code, and answer it once.

Whoever types a code is who may answer, until somebody else types it (RFC 8628 §3.3).
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import bindparam, select, update

from idp.accounts.factors.assurance import SINGLE_FACTOR
from idp.accounts.sessions.find import LiveSession
from idp.core.clock import utcnow
from idp.core.prepared import Prepared
from idp.oauth.authorization import consents
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.view import ClientView
from idp.oauth.device.codes import codes, fingerprint
from idp.oauth.device.user_codes import parse_user_code
from idp.oauth.tokens.grants import GrantParameters, store_grant
from idp.security import audit

PAGE = "/device"

UNANSWERED = (
    codes.c.user_code_mac == bindparam("of_code"),
    codes.c.answered_at.is_(None),
    codes.c.expires_at > bindparam("now"),
)
ENTER = Prepared(update(codes).where(*UNANSWERED).values(user_id=bindparam("by")))
FIND = Prepared(
    select(
        codes.c.client_id,
        codes.c.scope,
        codes.c.resource,
        codes.c.ip,
        codes.c.created_at,
        codes.c.expires_at,
        codes.c.answered_at,
        codes.c.grant_id,
    ).where(
        codes.c.user_code_mac == bindparam("of_code"),
        codes.c.user_id == bindparam("by"),
    )
)
ANSWER = Prepared(
    update(codes)
    .where(*UNANSWERED, codes.c.user_id == bindparam("by"))
    .values(answered_at=bindparam("now"), grant_id=bindparam("grant"))
)


@dataclass(frozen=True)
class DeviceRequest:
    """A device's request, as the person knows it who typed its code."""

    user_code: str
    client: ClientView
    scope: str
    resource: list[str] | None
    ip: str | None
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    grant_id: str | None

    @property
    def expired(self) -> bool:
        """Tell whether its time ran out before it was answered."""
        return self.answered_at is None and self.expires_at <= utcnow()

    def wants_new_sign_in(self, session: LiveSession) -> bool:
        """Tell whether the session is too old for the app (``default_max_age``)."""
        limit = self.client.default_max_age
        return limit is not None and session.older_than(limit, now=utcnow())

    @property
    def connected(self) -> bool:
        """Tell whether the answer was yes."""
        return self.grant_id is not None


def enter(user_code: str, *, user_id: str) -> bool:
    """Note who typed a code; False when no device waits with it."""
    values = {"of_code": fingerprint(user_code), "now": utcnow(), "by": user_id}
    return ENTER.changes_one(values)


def find_entered(user_code: str, *, user_id: str) -> DeviceRequest | None:
    """Return what waits, or was answered, behind a code that this person typed."""
    values = {"of_code": fingerprint(user_code), "by": user_id}
    row = FIND.one_or_none(values)
    client = find_client(row.client_id) if row else None
    if row is None or client is None or client.disabled:
        return None
    _, *rest = row
    return DeviceRequest(user_code, client, *rest)


def find_behind(return_to: str, session: LiveSession) -> DeviceRequest | None:
    """Return what waits behind the path of a page about a code."""
    parts = urlsplit(return_to)
    typed = parse_qs(parts.query).get("user_code", [""])[0]
    user_code = parse_user_code(typed) if parts.path == PAGE else None
    return find_entered(user_code, user_id=session.user_id) if user_code else None


def allow(
    asked: DeviceRequest, session: LiveSession, *, scope: str, declined: str
) -> bool:
    """Connect the device with ``scope``; False when it was answered meanwhile.

    Then there is a grant too many, which the caller undoes. What the person says of an
    app that is not the operator's own is remembered.
    """
    now, client_id = utcnow(), asked.client.client_id
    grant_id = store_grant(
        GrantParameters(
            client_id=client_id,
            session=session,
            scope=scope,
            acr=SINGLE_FACTOR,
            resource=asked.resource,
        ),
        now=now,
    )
    if not _answer(asked, session, grant_id=grant_id):
        return False
    if not asked.client.first_party:
        consents.remember(
            user_id=session.user_id,
            client_id=client_id,
            scope=scope,
            declined=declined,
        )
    audit.record("device.connected", user_id=session.user_id, client_id=client_id)
    return True


def deny(asked: DeviceRequest, session: LiveSession) -> bool:
    """Turn the device away; False when it was answered meanwhile."""
    if not _answer(asked, session, grant_id=None):
        return False
    audit.record(
        "device.connected",
        outcome="refused",
        user_id=session.user_id,
        client_id=asked.client.client_id,
    )
    return True


def _answer(
    asked: DeviceRequest, session: LiveSession, *, grant_id: str | None
) -> bool:
    """Take the request's one answer, of whoever typed its code last."""
    values = {
        "of_code": fingerprint(asked.user_code),
        "now": utcnow(),
        "by": session.user_id,
        "grant": grant_id,
    }
    return ANSWER.changes_one(values)
