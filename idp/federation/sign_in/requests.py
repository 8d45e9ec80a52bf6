"""Browsers that were sent to a provider: what their answer is checked against."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db, table_of
from idp.core.randomness import digest
from idp.core.sealing import Keyring, SealedColumn
from idp.federation.models import UpstreamRequest
from idp.federation.upstream.authorization import Secrets

LIFETIME = timedelta(minutes=10)

sent = table_of(UpstreamRequest)
SEALED = tuple(
    SealedColumn(column, "upstream_request:{digest}")
    for column in (sent.c.sealed, sent.c.answer)
)
UNUSED = (sent.c.used_at.is_(None), sent.c.expires_at > bindparam("now"))
FIND = select(sent).where(sent.c.digest == bindparam("of_digest"), *UNUSED)
SPEND = (
    update(sent)
    .where(sent.c.digest == bindparam("of_digest"), *UNUSED)
    .values(used_at=bindparam("now"), answer=None)
)
HOLD = (
    update(sent)
    .where(sent.c.digest == bindparam("of_digest"), *UNUSED)
    .where(sent.c.provider_id == bindparam("of_provider"), sent.c.answer.is_(None))
    .values(answer=bindparam("held"))
)


@dataclass(frozen=True)
class Ahead:
    """Where a sign-in leads: a path of ours, or an app's page.

    ``sent_copy`` restores an authorization request that has expired meanwhile.
    """

    return_to: str
    sent_copy: str = ""


@dataclass(frozen=True)
class SentBrowser:
    """A browser that is at a provider; ``user_id`` wants to link what it brings back.

    ``max_age`` is how old a sign-in there may be, None where that does not matter.
    """

    digest: str
    provider_id: str
    browser: str
    secrets: Secrets = field(repr=False)
    ahead: Ahead
    user_id: str | None
    max_age: int | None
    begun_at: datetime
    answer: Mapping[str, str] | None = field(repr=False)


def send_browser(
    provider_id: str,
    *,
    secrets: Secrets,
    browser: str,
    ahead: Ahead,
    user_id: str | None = None,
    max_age: int | None = None,
) -> None:
    """Keep what an answer is to be checked against; ``browser`` is its cookie."""
    now, key = utcnow(), digest(secrets.state)
    kept = {"nonce": secrets.nonce, "code_verifier": secrets.code_verifier}
    row = UpstreamRequest(
        digest=key,
        provider_id=provider_id,
        browser=digest(browser),
        sealed=_sealed(kept, key),
        user_id=user_id,
        max_age=max_age,
        created_at=now,
        expires_at=now + LIFETIME,
        **asdict(ahead),
    )
    db.session.add(row)
    db.session.flush()


def find_sent(state: str) -> SentBrowser | None:
    """Return the browser that a ``state`` belongs to; None when it is used or late."""
    if not state.isascii():
        return None
    values = {"of_digest": digest(state), "now": utcnow()}
    row = db.session.execute(FIND, values).one_or_none()
    if row is None:
        return None
    return SentBrowser(
        digest=row.digest,
        provider_id=row.provider_id,
        browser=row.browser,
        secrets=Secrets(state=state, **_opened(row.sealed, row.digest)),
        ahead=Ahead(row.return_to, row.sent_copy),
        user_id=row.user_id,
        max_age=row.max_age,
        begun_at=row.created_at,
        answer=_opened(row.answer, row.digest) if row.answer else None,
    )


def spend_sent(found: SentBrowser) -> bool:
    """Take the answer to a request, once; False when another has."""
    return changed_one(SPEND, {"of_digest": found.digest, "now": utcnow()})


def hold_answer(provider_id: str, fields: Mapping[str, str]) -> None:
    """Keep what was posted until the browser comes with its cookies; the first counts.

    Another site's POST comes without them (SameSite).
    """
    key = digest(fields.get("state", ""))
    values = {
        "of_digest": key,
        "of_provider": provider_id,
        "held": _sealed(fields, key),
        "now": utcnow(),
    }
    db.session.execute(HOLD, values)


def _sealed(content: Mapping[str, str], key: str) -> bytes:
    """Encrypt what only this request's answer may open."""
    return current(Keyring).seal(json.dumps(content).encode(), bound_to=_row(key))


def _opened(sealed: bytes, key: str) -> dict[str, Any]:
    """Return what was sealed."""
    opened: dict[str, Any] = json.loads(
        current(Keyring).open(sealed, bound_to=_row(key))
    )
    return opened


def _row(key: str) -> str:
    """Name the row that bytes belong to."""
    return SEALED[0].bound_to(digest=key)
