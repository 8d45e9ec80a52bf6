"""Authorization requests that wait for their user: store, find, bind, answer once."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.prepared import Prepared
from idp.core.randomness import digest, new_token
from idp.oauth.models import Interaction
from idp.oauth.protocol.parameters import Parameters, restore_parameters
from idp.oauth.protocol.scopes import with_parts
from idp.oauth.settings import OAuthSettings
from idp.security.ratelimit.newest import NewestOfNetwork

PATH = "/oauth2/authorize?interaction="
WHOLE_PATH = re.compile(re.escape(PATH) + r"([A-Za-z0-9_-]{43})")

interactions = table_of(Interaction)


class PendingRow(NamedTuple):
    """What is read of a stored request."""

    browser: str | None
    client_id: str
    parameters: dict[str, Any]
    created_at: datetime
    expires_at: datetime
    finished_at: datetime | None
    allowed_by: str | None
    allowed_scope: str | None
    chosen_by: str | None
    organization_id: str | None


WAITING = NewestOfNetwork(
    interactions, adding=insert(interactions), answered="finished_at"
)
FIND = Prepared(
    select(*(interactions.c[name] for name in PendingRow._fields)).where(
        interactions.c.digest == bindparam("digest")
    ),
    PendingRow,
)
UNFINISHED = (
    update(interactions)
    .where(interactions.c.digest == bindparam("of"))
    .where(interactions.c.finished_at.is_(None))
)
FINISH = Prepared(UNFINISHED.values(finished_at=bindparam("now")))
ALLOW = Prepared(
    UNFINISHED.values(allowed_by=bindparam("user"), allowed_scope=bindparam("scope"))
)
CHOOSE = Prepared(UNFINISHED.values(chosen_by=bindparam("user")))
CHOOSE_ORGANIZATION = Prepared(
    UNFINISHED.values(chosen_by=bindparam("user"), organization_id=bindparam("chosen"))
)
BIND = Prepared(
    UNFINISHED.where(interactions.c.browser.is_(None)).values(browser=bindparam("to"))
)
REBIND = (
    update(interactions)
    .where(interactions.c.browser.in_(bindparam("old", expanding=True)))
    .values(browser=bindparam("new"))
)


class PendingState(Enum):
    """Where a stored request stands."""

    WAITING = "waiting"
    FINISHED = "finished"
    EXPIRED = "expired"


@dataclass(frozen=True)
class PendingRequest:
    """A stored request that this browser may go on with.

    Only a WAITING one goes on; a FINISHED or EXPIRED one that is opened again (the Back
    button, a second tab) starts afresh with the same parameters.
    """

    id: str
    client_id: str
    parameters: Parameters
    state: PendingState
    created_at: datetime
    bound: bool = True
    allowed_by: str | None = None
    allowed_scope: str | None = None
    chosen_by: str | None = None
    organization_id: str | None = None

    @property
    def path(self) -> str:
        """Return the local path that goes on with it."""
        return PATH + self.id

    @property
    def waiting_since(self) -> datetime | None:
        """Return when it began to wait, None when it starts afresh."""
        return self.created_at if self.state is PendingState.WAITING else None

    def allowed_for(self, user_id: str) -> frozenset[str] | None:
        """Return the scope that this user allowed for this request.

        Who allowed ``account`` has allowed its parts, which a client may get of it.
        """
        if self.state is not PendingState.WAITING or self.allowed_by != user_id:
            return None
        return with_parts((self.allowed_scope or "").split())

    def chosen_for(self, user_id: str) -> bool:
        """Tell whether this user was chosen to go on with this request."""
        return self.state is PendingState.WAITING and self.chosen_by == user_id

    def organization_for(self, user_id: str) -> str | None:
        """Return which organization this user chose for it, empty for none of them.

        None where they chose nothing.
        """
        return self.organization_id if self.chosen_for(user_id) else None


@dataclass(frozen=True)
class BoundToOtherBrowser:
    """A stored request that another browser began."""

    client_id: str


def store(
    parameters: Parameters,
    *,
    browser: str | None,
    ip: str | None = None,
    created_at: datetime | None = None,
) -> PendingRequest:
    """Keep a request for a browser, by its cookie's digest, or for the first one.

    It came from ``ip``, None if a user asked for it who is signed in.
    """
    now, request_id = utcnow(), new_token()
    lifetime = timedelta(seconds=current(OAuthSettings).interaction_seconds)
    pending = PendingRequest(
        id=request_id,
        client_id=parameters.values["client_id"],
        parameters=parameters,
        state=PendingState.WAITING,
        created_at=created_at or now,
    )
    row = {
        "digest": digest(request_id),
        "browser": browser,
        "client_id": pending.client_id,
        "parameters": parameters.as_json(),
        "created_at": pending.created_at,
        "expires_at": now + lifetime,
    }
    WAITING.add(row, ip=ip)
    return pending


def find(
    request_id: str, *, browsers: list[str]
) -> PendingRequest | BoundToOtherBrowser | None:
    """Return the stored request, None when there is none (any more).

    ``browsers`` are the digests of the cookies that came with this request.
    """
    if not WHOLE_PATH.fullmatch(PATH + request_id):
        return None
    row = FIND.one_or_none({"digest": digest(request_id)})
    if row is None:
        return None
    if row.browser is not None and row.browser not in browsers:
        return BoundToOtherBrowser(row.client_id)
    return PendingRequest(
        id=request_id,
        client_id=row.client_id,
        parameters=restore_parameters(row.parameters),
        state=_state_of(row.finished_at, row.expires_at),
        created_at=row.created_at,
        bound=row.browser is not None,
        allowed_by=row.allowed_by,
        allowed_scope=row.allowed_scope,
        chosen_by=row.chosen_by,
        organization_id=row.organization_id,
    )


def is_path(path: str) -> bool:
    """Tell whether ``path`` is the path of a stored request, there or gone."""
    return WHOLE_PATH.fullmatch(path) is not None


def find_by_path(
    path: str | None, *, browsers: list[str]
) -> PendingRequest | BoundToOtherBrowser | None:
    """Return the stored request that a local path leads to."""
    matched = WHOLE_PATH.fullmatch(path or "")
    return find(matched[1], browsers=browsers) if matched else None


def bind(pending: PendingRequest, *, browser: str) -> None:
    """Give a request that came by POST to the browser that goes on with it."""
    BIND.run({"of": digest(pending.id), "to": browser})


def rebind(old_browsers: list[str], *, new_browser: str) -> None:
    """Give all requests of a browser, known by its old cookies, to its new cookie."""
    if old_browsers:
        db.session.execute(REBIND, {"old": old_browsers, "new": new_browser})


def choose(pending: PendingRequest, *, user_id: str) -> bool:
    """Choose the account that goes on with this request; False when it was answered."""
    return CHOOSE.changes_one({"of": digest(pending.id), "user": user_id})


def choose_organization(
    pending: PendingRequest, *, user_id: str, organization_id: str
) -> bool:
    """Choose in whose context a user goes on, empty for none; False as above."""
    values = {"of": digest(pending.id), "user": user_id, "chosen": organization_id}
    return CHOOSE_ORGANIZATION.changes_one(values)


def allow(pending: PendingRequest, *, user_id: str, scope: str) -> bool:
    """Keep what a user allowed for this request; False when it was answered."""
    values = {"of": digest(pending.id), "user": user_id, "scope": scope}
    return ALLOW.changes_one(values)


def finish(pending: PendingRequest) -> bool:
    """Take the request's one answer; False when another tab has taken it."""
    return FINISH.changes_one({"of": digest(pending.id), "now": utcnow()})


def _state_of(finished_at: datetime | None, expires_at: datetime) -> PendingState:
    """Return where a stored request stands now."""
    if finished_at is not None:
        return PendingState.FINISHED
    return PendingState.WAITING if expires_at > utcnow() else PendingState.EXPIRED
