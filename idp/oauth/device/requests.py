"""Pending requests of devices: find one by its user code, and answer it once.

The user who typed a code last is the one who may answer (RFC 8628 §3.3).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from sqlalchemy import bindparam, select, update

from idp.accounts.factors.assurance import NO_ACR, AcrRequest, acr_of
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.stages import Due, Stage, StagePolicy, next_stage
from idp.accounts.sign_in.ways.demands import SignInDemands
from idp.core.clock import utcnow
from idp.core.prepared import Prepared
from idp.oauth.authorization import consents
from idp.oauth.authorization.demands import demands_on
from idp.oauth.authorization.questions import SignInContext
from idp.oauth.clients.access.allowed import may_use
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.view import ClientView
from idp.oauth.device.codes import codes, fingerprint
from idp.oauth.device.user_codes import parse_user_code, shown_user_code
from idp.oauth.tokens.grants import GrantParameters, store_grant
from idp.security import audit

PAGE, WITHOUT = "/device", "without"

UNANSWERED = (
    codes.c.user_code_mac == bindparam("of_code"),
    codes.c.answered_at.is_(None),
    codes.c.expires_at > bindparam("now"),
)
BIND = Prepared(update(codes).where(*UNANSWERED).values(user_id=bindparam("by")))
IS_WAITING = Prepared(select(codes.c.client_id).where(*UNANSWERED))
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
    """A device's request, as the user knows it who typed its code."""

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

    @property
    def acr(self) -> AcrRequest:
        """Return the levels that the client would have."""
        return AcrRequest(self.client.default_acr_values)

    def needs_login(self, session: LiveSession) -> bool:
        """Tell whether the client or a policy wants a new sign-in."""
        limit, now = self.client.default_max_age, utcnow()
        if limit is not None and session.older_than(limit, now=now):
            return True
        return self._demands(session).refuse(session, now=now)

    @property
    def path_without(self) -> str:
        """Return the page on which the client's wish for a level is passed over."""
        query = {"user_code": shown_user_code(self.user_code), WITHOUT: "1"}
        return f"{PAGE}?{urlencode(query)}"

    def needs_stage(self, session: LiveSession, *, without: bool) -> Stage | None:
        """Return what the user must do before the device is connected, if anything.

        ``without`` the level that the client would have: it is a wish.
        """
        policy = self.stage_policy(session)
        wanted = replace(policy, asked=NO_ACR) if without else policy
        due = next_stage(session, session.proven, policy=wanted)
        return due.stage if isinstance(due, Due) else None

    def may_go_without(self, session: LiveSession) -> bool:
        """Tell whether a further factor is the client's wish alone."""
        wished = self.needs_stage(session, without=False) is Stage.SECOND_FACTOR
        needed = self.needs_stage(session, without=True) is Stage.SECOND_FACTOR
        return wished and not needed

    def stage_policy(self, session: LiveSession) -> StagePolicy:
        """Return what policies at the client, and the client, want of a session."""
        return replace(self._demands(session).stages, asked=self.acr)

    def is_for(self, session: LiveSession) -> bool:
        """Tell whether the user of a session may use the client."""
        return may_use(self.client, session.user_id)

    @property
    def connected(self) -> bool:
        """Tell whether the answer was yes."""
        return self.grant_id is not None

    def _demands(self, session: LiveSession) -> SignInDemands:
        """Return what policies want of the sign-in of who connects the device."""
        return demands_on(session, client_id=self.client.client_id)


def is_waiting(user_code: str) -> bool:
    """Tell whether a device waits for the answer to a code."""
    values = {"of_code": fingerprint(user_code), "now": utcnow()}
    return IS_WAITING.one_or_none(values) is not None


def bind(user_code: str, *, user_id: str) -> bool:
    """Give a request to the user who typed its code; False when no device waits."""
    values = {"of_code": fingerprint(user_code), "now": utcnow(), "by": user_id}
    return BIND.changes_one(values)


def find_request(user_code: str, *, user_id: str) -> DeviceRequest | None:
    """Return the request, waiting or answered, whose code this user typed."""
    values = {"of_code": fingerprint(user_code), "by": user_id}
    row = FIND.one_or_none(values)
    client = find_client(row.client_id) if row else None
    if row is None or client is None or client.disabled:
        return None
    _, *rest = row
    return DeviceRequest(user_code, client, *rest)


def find_by_path(return_to: str, *, session: LiveSession) -> DeviceRequest | None:
    """Return the request that a local path is about, if its user typed the code."""
    parts = urlsplit(return_to)
    typed = parse_qs(parts.query).get("user_code", [""])[0]
    user_code = parse_user_code(typed) if parts.path == PAGE else None
    if user_code is None:
        return None
    return find_request(user_code, user_id=session.user_id)


def sign_in_context(return_to: str, *, session: LiveSession) -> SignInContext | None:
    """Return what a sign-in page shows of the device that a local path is about."""
    found = find_by_path(return_to, session=session)
    if found is None:
        return None
    return SignInContext(
        client_id=found.client.client_id,
        client_name=found.client.client_name,
        login_hint=session.email,
        reauthenticate=found.needs_login(session),
        brand=found.client.brand,
    )


def allow(
    asked: DeviceRequest, session: LiveSession, *, scope: str, declined: str
) -> bool:
    """Connect the device with ``scope``; False when it was answered meanwhile.

    Then there is a grant too many, which the caller undoes. What the user says of a
    client that is not first-party is remembered. A user who may not use the client
    denies the device.
    """
    if not asked.is_for(session):
        return deny(asked, session)
    now, client_id = utcnow(), asked.client.client_id
    grant = store_grant(
        GrantParameters(
            client_id=client_id,
            session=session,
            scope=scope,
            acr=acr_of(session.proven, asked.acr),
            resource=asked.resource,
        ),
        now=now,
    )
    if not _answer(asked, session, grant_id=grant.grant_id):
        return False
    if not asked.client.first_party:
        consents.remember(
            user_id=session.user_id,
            client_id=client_id,
            scope=scope,
            declined=declined,
            resources=asked.resource or (),
        )
    audit.record("device.connected", user_id=session.user_id, client_id=client_id)
    return True


def deny(asked: DeviceRequest, session: LiveSession) -> bool:
    """Deny the device; False when it was answered meanwhile."""
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
    """Take the request's one answer, of the user who typed its code last."""
    values = {
        "of_code": fingerprint(asked.user_code),
        "now": utcnow(),
        "by": session.user_id,
        "grant": grant_id,
    }
    return ANSWER.changes_one(values)
