"""Access tokens at the account API and the administration: whom they speak for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, literal, select

from idp.accounts.access.permissions import Authority
from idp.accounts.access.principal import Machine, Principal
from idp.core.prepared import Prepared
from idp.oauth.apis import builtin
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.scopes import in_force, with_parts
from idp.oauth.tokens.grants import grants, users
from idp.oauth.tokens.verify import (
    InvalidAccessToken,
    UserColumns,
    audiences_of,
    read_access_token,
    verify_access_token,
)


class BearerRow(NamedTuple):
    """What is read of the grant and the user of an account token."""

    grant_id: str
    user_id: str
    client_id: str
    browser_session_id: str | None
    auth_time: datetime
    must_change_password: bool
    scope: str
    organization_id: str | None


SHOWN = (
    grants.c.id.label("grant_id"),
    grants.c.user_id,
    grants.c.client_id,
    grants.c.browser_session_id,
    grants.c.auth_time,
    users.c.must_change_password,
    grants.c.scope,
    grants.c.organization_id,
)
NO_USER = UserColumns(literal(1))
COLUMNS = UserColumns(*SHOWN, row=BearerRow)
# For sign-out, which is the same however often it is asked.
FIND_UNREVOKED = Prepared(
    select(*SHOWN)
    .join_from(grants, users, grants.c.user_id == users.c.id)
    .where(
        grants.c.id == bindparam("of_grant"),
        grants.c.user_id == bindparam("subject"),
        grants.c.client_id == bindparam("of_client"),
        grants.c.revoked_at.is_(None),
    ),
    BearerRow,
)


def verify_bearer(token: str) -> Principal | None:
    """Return whom a live token for the account API speaks for, else None."""
    try:
        found = verify_access_token(
            token, columns=COLUMNS, audience=builtin.account(), in_unit=True
        )
    except InvalidAccessToken:
        return None
    if found.about_user is None:
        return None
    return _principal(found.claims, found.about_user, client=found.client)


def verify_admin_bearer(token: str) -> Machine | None:
    """Return the client that a live token for the administration speaks for.

    None for a token about a user, whatever its scope: what users may do here, their
    roles say. A client may do what the token says and it may ask for now.
    """
    try:
        found = verify_access_token(
            token, columns=NO_USER, audience=builtin.administration(), in_unit=True
        )
    except InvalidAccessToken:
        return None
    if found.about_user is not None:
        return None
    named = found.client.scope.intersection(found.scope)
    authority = Authority(builtin.permissions_in(named))
    return Machine(f"client:{found.client.client_id}", authority)


def recognize_bearer(token: str) -> Principal | None:
    """Return whom a token spoke for, even if it has expired or was revoked.

    For sign-out; None for a token that was never issued here. What is over opens no
    session.
    """
    try:
        claims = read_access_token(token, retired=True)
    except InvalidAccessToken:
        return None
    if builtin.account() not in audiences_of(claims) or "grant_id" not in claims:
        return None
    row = FIND_UNREVOKED.one_or_none(
        {
            "of_grant": claims["grant_id"],
            "subject": claims["sub"],
            "of_client": claims["client_id"],
        }
    )
    client = find_client(row.client_id) if row else None
    if row and client:
        return _principal(claims, row, client=client)
    return Principal(claims["sub"], None, None, claims["client_id"])


def _principal(
    claims: Mapping[str, Any], row: BearerRow, *, client: ClientView
) -> Principal:
    """Return the caller; the token's own scope counts, which may be narrowed.

    What it opens depends on what its client is, and its grant says, now. The sign-in
    behind the grant of somebody else's app proves nothing here: it was made for that
    app.
    """
    named = in_force(
        claims.get("scope", "").split(),
        granted=row.scope,
        first_party=client.first_party,
    )
    return Principal(
        user_id=row.user_id,
        session_id=row.browser_session_id,
        auth_time=row.auth_time if client.first_party else None,
        client_id=row.client_id,
        grant_id=row.grant_id,
        scope=with_parts(named),
        must_change_password=row.must_change_password,
        organization_id=row.organization_id,
    )
