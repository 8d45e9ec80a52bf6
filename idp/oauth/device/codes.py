"""Device codes: what a device without a browser polls with (RFC 8628 §3.1-3.5).

The user's side, who types the other code, is ``oauth.device.requests``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import bindparam, insert, select, update

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.core.randomness import digest, new_token, new_user_code
from idp.core.sealing import Keyring
from idp.oauth.models import Client, DeviceCode
from idp.oauth.settings import OAuthSettings
from idp.security.ratelimit.newest import NewestOfNetwork

MAC_PURPOSE = "user-code"
SLOWER_BY_SECONDS = 5  # RFC 8628 §3.5
# A device that waits exactly as long as it was told may come a moment early here.
LEEWAY = timedelta(seconds=1)

codes, clients = table_of(DeviceCode), table_of(Client)
COLUMNS = (
    "digest", "user_code_mac", "client_id", "scope", "resource", "ip",
    "interval_seconds", "created_at", "expires_at", "network",
)  # fmt: skip
# The client is held by the statement, so that it is not deleted beside it.
WAITING = NewestOfNetwork(
    codes,
    adding=insert(codes).from_select(
        COLUMNS,
        select(*(bindparam(name, type_=codes.c[name].type) for name in COLUMNS))
        .select_from(clients)
        .where(clients.c.client_id == bindparam("client_id"))
        .with_for_update(read=True, key_share=True),
        include_defaults=False,
    ),
    answered="answered_at",
)
OWN = (
    codes.c.digest == bindparam("code_digest"),
    codes.c.client_id == bindparam("by_client"),
)
FIND = Prepared(
    select(
        codes.c.polled_at,
        codes.c.interval_seconds,
        codes.c.expires_at,
        codes.c.answered_at,
        codes.c.grant_id,
        codes.c.used_at,
    ).where(*OWN)
)
RECORD_POLL = Prepared(
    update(codes)
    .where(*OWN, codes.c.answered_at.is_(None))
    .values(polled_at=bindparam("now"), interval_seconds=bindparam("interval"))
)
SPEND = Prepared(
    update(codes)
    .where(*OWN, codes.c.used_at.is_(None), codes.c.grant_id.is_not(None))
    .where(codes.c.expires_at > bindparam("now"))
    .values(used_at=bindparam("now"))
)


@dataclass(frozen=True)
class DeviceAuthorization:
    """What a device is given to poll with, and to show."""

    device_code: str
    user_code: str
    expires_in: int
    interval: int


class PollStatus(Enum):
    """What a poll is answered with: an error of RFC 8628 §3.5, or tokens."""

    PENDING = "authorization_pending"
    TOO_SOON = "slow_down"
    EXPIRED = "expired_token"
    DENIED = "access_denied"
    ALLOWED = "allowed"
    WORTHLESS = "invalid_grant"


@dataclass(frozen=True, slots=True)
class PolledRequest:
    """A device's request as its polls see it."""

    polled_at: datetime | None
    interval_seconds: int
    expires_at: datetime
    answered_at: datetime | None
    grant_id: str | None
    used_at: datetime | None

    def status(self, now: datetime) -> PollStatus:
        """Say what a poll at this moment is worth; only waiting has to be slow."""
        if self.used_at is not None:
            return PollStatus.WORTHLESS
        if self.expires_at <= now:
            return PollStatus.EXPIRED
        if self.answered_at is not None:
            return PollStatus.ALLOWED if self.grant_id else PollStatus.DENIED
        return PollStatus.TOO_SOON if self.too_soon(now) else PollStatus.PENDING

    def too_soon(self, now: datetime) -> bool:
        """Tell whether the last poll is more recent than the interval allows."""
        pause = timedelta(seconds=self.interval_seconds) - LEEWAY
        return self.polled_at is not None and now - self.polled_at < pause


def start(
    client_id: str, *, scope: str, resource: tuple[str, ...], ip: str | None
) -> DeviceAuthorization | None:
    """Store a device's request; return its two codes, which are not stored.

    None if the client is gone.
    """
    settings, now = current(OAuthSettings), utcnow()
    authorization = DeviceAuthorization(
        device_code=new_token(),
        user_code=new_user_code(),
        expires_in=settings.device_code_seconds,
        interval=settings.device_interval_seconds,
    )
    row = {
        "digest": digest(authorization.device_code),
        "user_code_mac": fingerprint(authorization.user_code),
        "client_id": client_id,
        "scope": scope,
        "resource": list(resource) or None,
        "ip": ip,
        "interval_seconds": authorization.interval,
        "created_at": now,
        "expires_at": now + timedelta(seconds=authorization.expires_in),
    }
    return authorization if WAITING.add(row, ip=ip) else None


def poll(device_code: str, *, client_id: str) -> tuple[PollStatus, str | None]:
    """Record a poll; return the status of the request, with the id of its grant.

    A device that asks too soon has to wait longer from then on (§3.5).
    """
    now, own = utcnow(), {"code_digest": digest(device_code), "by_client": client_id}
    row = FIND.one_or_none(own)
    if row is None:
        return PollStatus.WORTHLESS, None
    waiting = PolledRequest(*row)
    status, interval = waiting.status(now), waiting.interval_seconds
    if status is PollStatus.TOO_SOON:
        interval += SLOWER_BY_SECONDS
    if status in (PollStatus.PENDING, PollStatus.TOO_SOON):
        RECORD_POLL.run({**own, "now": now, "interval": interval})
    return status, waiting.grant_id


def spend(device_code: str, *, client_id: str) -> bool:
    """Spend an allowed code; of parallel polls one is told True."""
    own = {"code_digest": digest(device_code), "by_client": client_id}
    return SPEND.changes_one({**own, "now": utcnow()})


def fingerprint(user_code: str) -> str:
    """Return what is stored of the code that a user types."""
    return current(Keyring).mac(MAC_PURPOSE, user_code)
