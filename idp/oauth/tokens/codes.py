"""Authorization codes: issued once, spent once (RFC 6749 §4.1; security.md §2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select, update

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.core.randomness import digest, new_token
from idp.oauth.models import AuthorizationCode, Grant
from idp.oauth.protocol.pkce import s256
from idp.oauth.settings import OAuthSettings
from idp.oauth.tokens.grants import GrantParameters, store_grant

codes, grants = table_of(AuthorizationCode), table_of(Grant)


class SpentCode(NamedTuple):
    """What a code was spent for."""

    grant_id: str
    nonce: str | None


class UsedCode(NamedTuple):
    """What a code was spent for before."""

    grant_id: str


class FoundCode(NamedTuple):
    """What a code is bound to, whoever presents it."""

    client_id: str
    redirect_uri: str
    code_challenge: str | None
    expires_at: datetime


class LiveCode(NamedTuple):
    """What is asked of a code that could be spent."""

    resource: list[str] | None


ADD_CODE = Prepared(insert(codes))
# The challenge is compared as "is not distinct from": a verifier for a code without a
# challenge, and no verifier for one with it, fit as little as a wrong verifier.
BOUND = (
    codes.c.digest == bindparam("code_digest"),
    codes.c.client_id == bindparam("by_client"),
    codes.c.redirect_uri == func.coalesce(bindparam("same_uri"), codes.c.redirect_uri),
    codes.c.code_challenge.is_not_distinct_from(bindparam("challenge")),
)
LIVE = (*BOUND, codes.c.used_at.is_(None), codes.c.expires_at > bindparam("now"))
SPEND = Prepared(
    update(codes)
    .where(*LIVE)
    .values(used_at=bindparam("now"))
    .returning(codes.c.grant_id, codes.c.nonce),
    SpentCode,
)
FIND_USED = Prepared(
    select(codes.c.grant_id).where(*BOUND, codes.c.used_at.is_not(None)),
    UsedCode,
)
FIND_ANY = Prepared(
    select(
        codes.c.client_id,
        codes.c.redirect_uri,
        codes.c.code_challenge,
        codes.c.expires_at,
    ).where(codes.c.digest == bindparam("code_digest")),
    FoundCode,
)
FIND_LIVE = Prepared(
    select(grants.c.resource).join_from(codes, grants).where(*LIVE), LiveCode
)


@dataclass(frozen=True, kw_only=True)
class Authorization(GrantParameters):
    """What a user allowed a client, and all else that a code is bound to."""

    redirect_uri: str
    code_challenge: str | None
    nonce: str | None


@dataclass(frozen=True)
class Presented:
    """A code, and what comes with it (RFC 6749 §4.1.3, RFC 7636 §4.5).

    Without ``redirect_uri`` it may be for any.
    """

    code: str
    client_id: str
    redirect_uri: str | None
    code_verifier: str | None

    def binding(self) -> dict[str, str | None]:
        """Return all that the code has to be bound to, as statements take it."""
        verifier = self.code_verifier
        return {
            "code_digest": digest(self.code),
            "by_client": self.client_id,
            "same_uri": self.redirect_uri,
            "challenge": None if verifier is None else s256(verifier),
        }


@dataclass(frozen=True)
class Live:
    """A code that could be spent now; ``resource`` is its grant's."""

    resource: list[str] | None


@dataclass(frozen=True)
class Redeemed:
    """A code that was spent just now."""

    grant_id: str
    nonce: str | None


@dataclass(frozen=True)
class Replayed:
    """A code that the rightful client had spent before."""

    grant_id: str


@dataclass(frozen=True)
class Unknown:
    """No code that is live, and fits client, redirect URI and verifier.

    ``reason`` is for operators: of a code that would fit but for its time it is
    ``code_expired``.
    """

    reason: str


def issue_code(authorization: Authorization) -> str:
    """Store a grant and a code for it; return the code, which is not stored."""
    now, code = utcnow(), new_token()
    row = {
        "grant_id": store_grant(authorization, now=now).grant_id,
        "digest": digest(code),
        "client_id": authorization.client_id,
        "redirect_uri": authorization.redirect_uri,
        "code_challenge": authorization.code_challenge,
        "nonce": authorization.nonce,
        "expires_at": now + timedelta(seconds=current(OAuthSettings).code_seconds),
    }
    ADD_CODE.run(row)
    return code


def redeem(presented: Presented) -> Redeemed | Replayed | Unknown:
    """Spend a code by one statement that names all it is bound to.

    A wrong verifier, redirect URI or client spends nothing and revokes nothing.
    """
    bound = presented.binding()
    spent = SPEND.one_or_none({**bound, "now": utcnow()})
    if spent:
        return Redeemed(spent.grant_id, spent.nonce)
    used = FIND_USED.one_or_none(bound)
    return Replayed(used.grant_id) if used else Unknown(_reason(presented, bound))


def find(presented: Presented) -> Live | None:
    """Return what a code is about that could be spent now, without spending it."""
    found = FIND_LIVE.one_or_none({**presented.binding(), "now": utcnow()})
    return Live(found.resource) if found else None


def _reason(presented: Presented, bound: Mapping[str, str | None]) -> str:
    """Return the first thing that differs between a code and what came with it."""
    found = FIND_ANY.one_or_none({"code_digest": bound["code_digest"]})
    if found is None:
        return "code_unknown"
    if found.client_id != presented.client_id:
        return "code_of_other_client"
    if presented.redirect_uri not in (None, found.redirect_uri):
        return "code_redirect_uri"
    if found.code_challenge != bound["challenge"]:
        missing = presented.code_verifier is None
        return "code_verifier_missing" if missing else "code_verifier"
    return "code_expired"
