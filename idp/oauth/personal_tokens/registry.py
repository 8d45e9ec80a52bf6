"""Users list and revoke their personal access tokens; ``creation`` makes them.

A token is for one registered API and some of its scopes, never for what this server is
itself (``apis.builtin``). It is shown once; its digest is stored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import bindparam, delete, select

from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.db import changed_one, db, table_of
from idp.core.errors import IdpError
from idp.oauth.models import Api, ApiScope, PersonalToken
from idp.security import audit

KIND = "personal"  # as audit rows call them

tokens = table_of(PersonalToken)
REVOKE = delete(tokens).where(
    tokens.c.id == bindparam("of_token"), tokens.c.user_id == bindparam("of_user")
)
REVOKE_ALL = delete(tokens).where(tokens.c.user_id == bindparam("of_user"))


class NoSuchToken(IdpError):
    """A token that the user does not have, or no more."""

    code = "no_such_token"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such token."


@dataclass(frozen=True)
class ListedToken:
    """A token of a user, without its text; ``scopes`` are those its API still has."""

    id: str
    name: str
    prefix: str
    resource: str
    api_name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None

    @property
    def works(self) -> bool:
        """Tell whether it is worth something, while the policy is on."""
        return bool(self.scopes) and self.expires_at > utcnow()


@dataclass(frozen=True)
class OfferedApi:
    """An API that a token can be for, with what it says of its scopes."""

    identifier: str
    name: str
    scopes: Mapping[str, Mapping[str, str]]


def offered_apis() -> list[OfferedApi]:
    """Return the registered APIs that have scopes, by name."""
    found = (
        select(Api.identifier, Api.name, ApiScope.name, ApiScope.description)
        .join(ApiScope, ApiScope.api_id == Api.id)
        .order_by(Api.name, Api.identifier, ApiScope.name)
    )
    offered: dict[str, tuple[str, dict[str, Mapping[str, str]]]] = {}
    for identifier, name, scope, description in db.session.execute(found):
        offered.setdefault(identifier, (name, {}))[1][scope] = description
    return [OfferedApi(one, name, has) for one, (name, has) in offered.items()]


def list_tokens(user_id: str) -> list[ListedToken]:
    """Return the tokens of a user, the newest first, also those that just expired."""
    rows = db.session.execute(
        select(PersonalToken, Api)
        .join(Api, PersonalToken.api_id == Api.id)
        .where(PersonalToken.user_id == user_id)
        .order_by(PersonalToken.id.desc())
    ).all()
    has: dict[str, set[str]] = {}
    wanted = select(ApiScope.api_id, ApiScope.name).where(
        ApiScope.api_id.in_({api.id for _, api in rows})
    )
    for api_id, name in db.session.execute(wanted) if rows else ():
        has.setdefault(api_id, set()).add(name)
    return [listed_token(row, api, has=has.get(api.id, ())) for row, api in rows]


def revoke_token(
    user_id: str, token_id: str, *, by: str | None = None
) -> dict[str, object]:
    """End a token of a user for good, at once, and return what it was.

    ``by`` is who else did so. Raises NoSuchToken.
    """
    found = [token for token in list_tokens(user_id) if token.id == token_id]
    values = {"of_token": token_id, "of_user": user_id}
    if not found or not changed_one(REVOKE, values):
        raise NoSuchToken
    before = kept_of(found[0])
    audit.record(
        "token.revoked",
        user_id=user_id,
        by=by,
        kind=KIND,
        token_id=token_id,
        before=before,
    )
    return before


def revoke_tokens(user_id: str) -> None:
    """End all tokens of a user: the account was closed or taken back."""
    if connection().execute(REVOKE_ALL, {"of_user": user_id}).rowcount:
        audit.record("token.revoked", user_id=user_id, kind=KIND, all=True)


def listed_token(row: PersonalToken, api: Api, *, has: Iterable[str]) -> ListedToken:
    """Return a token as its owner may see it."""
    known = set(has)
    return ListedToken(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        resource=api.identifier,
        api_name=api.name,
        scopes=tuple(name for name in row.scopes if name in known),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


def kept_of(token: ListedToken) -> dict[str, object]:
    """Return what the audit log keeps of a token."""
    return {
        "name": token.name,
        "resource": token.resource,
        "scopes": list(token.scopes),
        "expires_at": token.expires_at.isoformat(),
    }
