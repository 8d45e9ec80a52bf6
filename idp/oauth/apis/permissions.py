"""Which APIs a client may ask for tokens for, and for which scopes of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, select

from idp.core.db import db, table_of
from idp.core.errors import FieldError
from idp.core.text import worded
from idp.oauth.apis.builtin import is_reserved
from idp.oauth.apis.registry import InvalidApi
from idp.oauth.apis.view import ApiView
from idp.oauth.models import Api, ApiScope, Client, ClientApi
from idp.oauth.protocol import scopes

MAX_APIS = 50
MEMBER = "apis"
SHAPE = worded(
    'must be a list of identifiers or of {"identifier": ..., "scopes": [...]}'
)

apis, api_scopes, allowed = table_of(Api), table_of(ApiScope), table_of(ClientApi)
OF_CLIENT = (
    select(
        apis.c.identifier,
        apis.c.name,
        apis.c.signing_alg,
        apis.c.access_token_seconds,
        allowed.c.scopes,
        api_scopes.c.name.label("scope"),
        api_scopes.c.description,
    )
    .join_from(allowed, apis, allowed.c.api_id == apis.c.id)
    .outerjoin(api_scopes, api_scopes.c.api_id == apis.c.id)
    .where(allowed.c.client_id == bindparam("client_id"))
    .order_by(apis.c.identifier, api_scopes.c.name)
)


@dataclass(frozen=True)
class ApiPermission:
    """An API that a client may ask for: all scopes of it, or these."""

    identifier: str
    scopes: tuple[str, ...] | None = None

    @property
    def line(self) -> str:
        """It as one line of text: the identifier, then its scopes if it names any."""
        return scopes.join((self.identifier, *(self.scopes or ())))

    def as_json(self) -> str | dict[str, Any]:
        """Return it as it is declared."""
        if self.scopes is None:
            return self.identifier
        return {"identifier": self.identifier, "scopes": list(self.scopes)}


def read_permissions(value: object) -> list[ApiPermission]:
    """Return what is declared as a client's ``apis``; raises InvalidApi."""
    if not isinstance(value, list) or len(value) > MAX_APIS:
        raise _refusal(SHAPE)
    read = [_read_permission(item) for item in value]
    named = [permission.identifier for permission in read]
    if len(set(named)) < len(named):
        raise _refusal(worded("names one API twice"))
    return read


def read_lines(typed: Iterable[str]) -> list[ApiPermission]:
    """Return what is typed a line each: an identifier, and scopes if not all of it.

    Raises InvalidApi.
    """
    words = [line.split() for line in typed]
    return read_permissions(
        [
            {"identifier": identifier, "scopes": names or None}
            for identifier, *names in filter(None, words)
        ]
    )


def read_chosen(lines: Iterable[str]) -> list[ApiPermission]:
    """Return what is chosen of lists: an identifier for all of it, else with a scope.

    Raises InvalidApi.
    """
    chosen: dict[str, list[str]] = {}
    whole: set[str] = set()
    for identifier, *name in (line.split(" ", 1) for line in lines):
        chosen.setdefault(identifier, []).extend(name)
        if not name:
            whole.add(identifier)
    return read_permissions(
        [
            {"identifier": identifier, "scopes": None if identifier in whole else names}
            for identifier, names in chosen.items()
        ]
    )


def chosen_lines(permissions: Iterable[ApiPermission]) -> list[str]:
    """Return what ``read_chosen`` reads as these permissions."""
    return [
        f"{one.identifier} {name}".rstrip()
        for one in permissions
        for name in (("",) if one.scopes is None else one.scopes)
    ]


def find_apis(client_id: str) -> tuple[ApiView, ...]:
    """Return the registered APIs that a client may ask for, in one SELECT.

    What is built in cannot be overruled by a row, wherever it came from.
    """
    rows: dict[str, list[Any]] = {}
    for row in db.session.execute(OF_CLIENT, {"client_id": client_id}).all():
        rows.setdefault(row.identifier, []).append(row)
    return tuple(
        _view_of(of_one) for name, of_one in rows.items() if not is_reserved(name)
    )


def list_permissions(client_id: str) -> list[ApiPermission]:
    """Return what a client may ask for, by identifier."""
    return [
        ApiPermission(row.identifier, None if row.scopes is None else tuple(row.scopes))
        for row in db.session.execute(
            select(apis.c.identifier, allowed.c.scopes)
            .join_from(allowed, apis)
            .where(allowed.c.client_id == client_id)
            .order_by(apis.c.identifier)
        )
    ]


def clients_of(api: Api) -> list[tuple[str, str]]:
    """Return id and name of the clients that may ask for an API, by name."""
    named = (
        select(Client.client_id, Client.client_name)
        .join(ClientApi, ClientApi.client_id == Client.client_id)
        .where(ClientApi.api_id == api.id)
        .order_by(Client.client_name, Client.client_id)
    )
    return [(client_id, name) for client_id, name in db.session.execute(named)]


def count_clients() -> dict[str, int]:
    """Return how many clients may ask for each API, by its row id."""
    counted = select(allowed.c.api_id, func.count()).group_by(allowed.c.api_id)
    return {row.api_id: row[1] for row in db.session.execute(counted)}


def set_permissions(client_id: str, wanted: Iterable[ApiPermission]) -> bool:
    """Let a client ask for these APIs and no other; tell whether that changes it.

    Raises InvalidApi for an API or a scope that does not exist.
    """
    new = sorted(wanted, key=lambda permission: permission.identifier)
    if new == list_permissions(client_id):
        return False
    ids = {permission.identifier: _check(permission) for permission in new}
    db.session.execute(delete(ClientApi).where(ClientApi.client_id == client_id))
    for permission in new:
        named = permission.scopes
        db.session.add(
            ClientApi(
                client_id=client_id,
                api_id=ids[permission.identifier],
                scopes=None if named is None else list(named),
            )
        )
    db.session.flush()
    return True


def _read_permission(item: object) -> ApiPermission:
    """Read one entry: an identifier, or a table with its scopes too."""
    if isinstance(item, str):
        return ApiPermission(item)
    if not isinstance(item, Mapping) or item.keys() - {"identifier", "scopes"}:
        raise _refusal(SHAPE)
    identifier, named = item.get("identifier"), item.get("scopes")
    if not isinstance(identifier, str) or not _are_scopes(named):
        raise _refusal(SHAPE)
    return ApiPermission(
        identifier, None if named is None else tuple(sorted(set(named)))
    )


def _are_scopes(value: Any) -> bool:
    """Tell whether this is a list of scope values, or nothing."""
    if value is None:
        return True
    return isinstance(value, list) and all(
        isinstance(name, str) and scopes.TOKEN.fullmatch(name) for name in value
    )


def _check(permission: ApiPermission) -> str:
    """Return the id of the API that is meant; InvalidApi for what does not exist.

    It is not deleted before the commit.
    """
    named = select(Api.id).where(Api.identifier == permission.identifier)
    api_id = db.session.scalar(named.with_for_update(read=True, key_share=True))
    if api_id is None:
        raise _refusal(
            worded(
                "no API is registered as %(value)s", value=repr(permission.identifier)
            )
        )
    of_api = select(ApiScope.name).where(ApiScope.api_id == api_id)
    unknown = set(permission.scopes or ()) - set(db.session.scalars(of_api))
    if unknown:
        names = scopes.join(sorted(unknown))
        raise _refusal(
            worded(
                "%(value)s has no scope %(scope)s",
                value=repr(permission.identifier),
                scope=names,
            )
        )
    return api_id


def _view_of(rows: list[Any]) -> ApiView:
    """Return one API from its rows, one for each scope."""
    first = rows[0]
    has = {row.scope: row.description or {} for row in rows if row.scope is not None}
    named = has if first.scopes is None else set(first.scopes) & has.keys()
    return ApiView(
        identifier=first.identifier,
        name=first.name,
        scopes=has,
        allowed=frozenset(named),
        signing_alg=first.signing_alg,
        access_token_seconds=first.access_token_seconds,
    )


def _refusal(message: str) -> InvalidApi:
    """Return the error of the member."""
    return InvalidApi([FieldError(MEMBER, InvalidApi.code, message)])
