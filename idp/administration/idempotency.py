"""Requests that may be sent again: each is done once (`Idempotency-Key`).

After draft-ietf-httpapi-idempotency-key-header: a key is the caller's own and counts
for a day. A request claims its key in a transaction of its own, so that no other writer
waits for it; its answer is kept in the transaction of what it did. What was refused did
nothing, so it leaves nothing either.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from sqlalchemy import delete, or_, select, update

from idp.administration.models import IdempotentAnswer
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import changed_one, insert_of, table_of
from idp.core.errors import FieldError, IdpError
from idp.core.randomness import new_id
from idp.core.sealing import Keyring

KEPT = timedelta(hours=24)
# Longer than a request may take; who takes longer is undone.
AT_WORK = timedelta(minutes=1)
PURPOSE = "idempotency"
NAMING = ("id", "client_id")

answers = table_of(IdempotentAnswer)


class KeyReused(IdpError):
    """The key was sent with another request."""

    code = "idempotency_key_reused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "This Idempotency-Key was sent with another request already."


class StillAtWork(IdpError):
    """The same request is being answered at this moment."""

    code = "request_in_progress"
    status = HTTPStatus.CONFLICT
    title = "The same request is being answered. Send it again in a moment."
    retry_after_seconds = 1


class SecretShownOnce(IdpError):
    """The request was answered with what is shown once alone; ``errors`` names it."""

    code = "secret_shown_once"
    status = HTTPStatus.CONFLICT
    title = "This was made already, and its secret was shown then."


@dataclass(frozen=True)
class Claim:
    """The right of one request to be answered under its key."""

    caller: str
    key: str
    text: str


@dataclass(frozen=True)
class KeptAnswer:
    """What a request was answered before."""

    status: int
    headers: Mapping[str, str]
    body: str


def claim_key(
    caller: str, key: str, *, asked: str, user_id: str | None
) -> Claim | KeptAnswer:
    """Return the claim of a new request, or what the same one was answered.

    ``asked`` is all that makes it the same. The claim has to be committed at once.
    Raises KeyReused, StillAtWork and SecretShownOnce.
    """
    claim = Claim(caller, key, new_id())
    if _add(claim, fingerprint=_mac(asked), user_id=user_id):
        return claim
    row = connection().execute(select(answers).where(_of(claim))).one_or_none()
    if row is None:  # it was released just now
        raise StillAtWork
    if not current(Keyring).genuine(PURPOSE, asked, presented=row.fingerprint):
        raise KeyReused
    if row.status is None:
        raise StillAtWork
    if row.held_secret:
        raise SecretShownOnce(_names_in(json.loads(row.body)))
    return KeptAnswer(row.status, row.headers, row.body)


def keep_answer(
    claim: Claim, answer: KeptAnswer, *, shown_once: Collection[str]
) -> None:
    """Keep what a request was answered, without what is ``shown_once``.

    Raises StillAtWork where another has taken its place meanwhile: then this one is to
    be undone.
    """
    body = json.loads(answer.body)
    kept = _without(body, shown_once)
    secrets = kept != body
    keeping = update(answers).where(_of(claim), answers.c.claim == claim.text)
    values = {
        "status": answer.status,
        "headers": dict(answer.headers),
        "body": json.dumps(kept) if secrets else answer.body,
        "held_secret": secrets,
    }
    if not changed_one(keeping.values(values), {}):
        raise StillAtWork


def release_key(claim: Claim) -> None:
    """Forget a request that was refused, so that it may be sent again."""
    of_claim = delete(answers).where(_of(claim), answers.c.claim == claim.text)
    connection().execute(of_claim)


def _without(value: Any, names: Collection[str]) -> Any:
    """Return JSON without the values of some names, wherever in it they stand."""
    if isinstance(value, list):
        return [_without(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _without(each, names)
        for name, each in value.items()
        if name not in names or each is None
    }


def _add(claim: Claim, *, fingerprint: str, user_id: str | None) -> bool:
    """Write a claim, also over one that is out of date; False if another counts."""
    now = utcnow()
    row: dict[str, Any] = {
        "caller": claim.caller,
        "key": claim.key,
        "user_id": user_id,
        "fingerprint": fingerprint,
        "claim": claim.text,
        "claimed_until": now + AT_WORK,
        "status": None,
        "headers": None,
        "body": None,
        "held_secret": False,
        "created_at": now,
        "expires_at": now + KEPT,
    }
    left = answers.c.status.is_(None) & (answers.c.claimed_until <= now)
    adding = insert_of(connection().dialect.name)(answers).values(row)
    taking = adding.on_conflict_do_update(
        index_elements=[answers.c.caller, answers.c.key],
        set_={
            name: value for name, value in row.items() if name not in {"caller", "key"}
        },
        where=or_(answers.c.expires_at <= now, left),
    )
    taken = connection().execute(taking.returning(answers.c.claim))
    return taken.scalar_one_or_none() == claim.text


def _of(claim: Claim) -> Any:
    """Return the condition of the row of a claim's key."""
    return (answers.c.caller == claim.caller) & (answers.c.key == claim.key)


def _mac(asked: str) -> str:
    """Return a fingerprint: a body may hold a password, so it is no plain digest."""
    return current(Keyring).mac(PURPOSE, asked)


def _names_in(body: Mapping[str, Any]) -> list[FieldError]:
    """Return what was made, by its id."""
    found = [
        FieldError(name, SecretShownOnce.code, f"It was made as {body[name]}.")
        for name in NAMING
        if name in body
    ]
    return found[:1]
