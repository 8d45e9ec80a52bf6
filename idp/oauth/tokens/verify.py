"""What an access token of ours is worth: the only judge (RFC 9068 §4; security.md §4).

Signature, type, issuer, expiry and audience are read from the token. The database is
asked whether its ``jti`` was revoked, its grant still holds and its user is active.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, literal, select

from idp.core.clock import unix, utcnow
from idp.core.context import current
from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.view import ClientView
from idp.oauth.keys.signer import Signer, UntrustedToken
from idp.oauth.keys.void_periods import is_void
from idp.oauth.models import RevokedToken
from idp.oauth.tokens.access_token import TYP
from idp.oauth.tokens.grants import LIVE, grants, users

revoked = table_of(RevokedToken)

UNREVOKED = ~exists().where(revoked.c.jti == bindparam("jti"))
FIND_OWN = Prepared(select(literal(1)).where(UNREVOKED))
# What may not stand in an error_description (RFC 6750 §3), but may in an audience.
QUOTING = str.maketrans({'"': "%22", "\\": "%5C"})


class InvalidAccessToken(Exception):
    """A token that is worth nothing; ``client`` is whose it was, once that is sure."""

    def __init__(self, hint: str, client: ClientView | None = None) -> None:
        super().__init__(hint)
        self.hint = hint
        self.client = client


@dataclass(frozen=True, slots=True)
class Verified:
    """A live token: its claims, its client, and the row that tells of its user.

    ``about_user`` is None for a token that a client got for itself.
    """

    claims: Mapping[str, Any]
    client: ClientView
    about_user: Any

    @property
    def scope(self) -> list[str]:
        """The scope values of the token itself, which a refresh may have narrowed."""
        return str(self.claims.get("scope", "")).split(" ")


class UserColumns:
    """What is to be read of the grant and the user of a token, if it is live.

    ``row`` is the NamedTuple of the columns, where they are known to the code.
    """

    def __init__(
        self, *columns: ColumnElement[Any], row: type[Any] | None = None
    ) -> None:
        found = (
            select(*columns)
            .join_from(grants, users, grants.c.user_id == users.c.id)
            .where(
                grants.c.id == bindparam("grant_id"),
                grants.c.user_id == bindparam("subject"),
                grants.c.client_id == bindparam("of_client"),
                *LIVE,
                UNREVOKED,
            )
        )
        self.statement: Prepared[Any] = Prepared(found, row) if row else Prepared(found)


def verify_access_token(
    token: str,
    *,
    columns: UserColumns,
    audience: str | None = None,
    in_unit: bool = False,
) -> Verified:
    """Return a live token of ours; raise InvalidAccessToken.

    ``audience`` must be one that it is meant for, None for any. ``in_unit`` asks within
    the unit of work instead of beside it.
    """
    claims = read_access_token(token)
    client = find_client(claims["client_id"])
    if claims["exp"] <= unix(utcnow()):
        raise InvalidAccessToken("The access token has expired.", client)
    if audience is not None and audience not in audiences_of(claims):
        raise InvalidAccessToken(_meant_for(claims, audience), client)
    found = _find(claims, columns=columns, in_unit=in_unit)
    if found is None or client is None or client.disabled:
        raise InvalidAccessToken("The access token was revoked.", client)
    return Verified(claims, client, found if "grant_id" in claims else None)


def read_access_token(token: str, *, retired: bool = False) -> dict[str, Any]:
    """Return the claims of a token that we signed, whatever it is worth now.

    Raises InvalidAccessToken. ``retired`` takes keys that sign no more, for callers who
    grant no access by the token.
    """
    try:
        claims = current(Signer).read(token, typ=TYP, retired=retired)
    except UntrustedToken:
        hint = "The access token is malformed or not ours."
        raise InvalidAccessToken(hint) from None
    if claims["iss"] != current(ServerSettings).issuer:
        raise InvalidAccessToken("The access token is meant for another audience.")
    if is_void(claims["iat"]):
        raise InvalidAccessToken("The access token was revoked.")
    return claims


def audiences_of(claims: Mapping[str, Any]) -> list[str]:
    """Return whom a token is meant for (RFC 7519 §4.1.3)."""
    audience: str | list[str] = claims["aud"]
    return [audience] if isinstance(audience, str) else audience


def _meant_for(claims: Mapping[str, Any], wanted: str) -> str:
    """Return how to come by a token for us instead of for others (RFC 8707 §2)."""
    others = " and ".join(audiences_of(claims)).translate(QUOTING)
    return f"The access token is for {others}: ask for one with resource={wanted}."


def _find(claims: Mapping[str, Any], *, columns: UserColumns, in_unit: bool) -> Any:
    """Return the row of a live token's user, of anything if it has none."""
    statement, key = FIND_OWN, {"jti": claims["jti"]}
    if "grant_id" in claims:
        statement = columns.statement
        key |= {
            "grant_id": claims["grant_id"],
            "subject": claims["sub"],
            "of_client": claims["client_id"],
            "now": utcnow(),
        }
    return statement.one_or_none(key) if in_unit else statement.read(key)
