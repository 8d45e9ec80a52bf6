"""Changing clients that exist: their metadata, whether they may be used, their end."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, select, true, update

from idp.accounts.access.permissions import NOTHING, Permissions
from idp.core.caches.versions import Caches
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import begin_writing, db
from idp.core.errors import IdpError
from idp.oauth.apis.permissions import (
    MEMBER,
    ApiPermission,
    chosen_lines,
    list_permissions,
)
from idp.oauth.clients import registry
from idp.oauth.clients.access import members as people_members
from idp.oauth.clients.access.changes import PeopleChange, write_people
from idp.oauth.clients.account_client import ACCOUNT_CLIENT
from idp.oauth.clients.branding.linked import (
    fetch_linked_logo,
    keep_linked_logo,
)
from idp.oauth.clients.cache import CLIENTS
from idp.oauth.clients.kinds import uses_secret
from idp.oauth.clients.metadata.registration import (
    InvalidClientMetadata,
    unknown_members,
)
from idp.oauth.models import (
    Client,
    ClientSecret,
    Consent,
    DeviceCode,
    Grant,
)
from idp.oauth.protocol import scopes
from idp.security import audit


class UnknownClient(IdpError):
    """No client is registered under this id."""

    code = "unknown_client"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such client."


def get_client(client_id: str) -> Client:
    """Return the row of a client; raise UnknownClient, also for the built-in one."""
    client = db.session.get(Client, client_id)
    if client is None or client.deleted_at or client_id == ACCOUNT_CLIENT:
        raise UnknownClient
    return client


def hold_client(client_id: str) -> Client:
    """Return the row of a client that is to be changed; it stays until the commit.

    No grant is added meanwhile, but a sign-out, which refers to it, need not wait.
    Raises UnknownClient, also if it was deleted a moment ago.
    """
    begin_writing()
    found = select(Client).where(Client.client_id == client_id)
    held = found.with_for_update(key_share=True)
    fresh = held.execution_options(populate_existing=True)
    client = db.session.scalars(fresh).one_or_none()
    if client is None or client.deleted_at or client_id == ACCOUNT_CLIENT:
        raise UnknownClient
    return client


def change_client(
    client_id: str,
    metadata: Mapping[str, Any],
    *,
    first_party: bool | None = None,
    require_pkce: bool | None = None,
    apis: Iterable[ApiPermission] | None = None,
    review: Callable[[Client], None] = lambda _client: None,
    held: Permissions = NOTHING,
    by: str | None = None,
) -> list[str]:
    """Replace a client's metadata and return the names of what is different now.

    ``metadata`` is complete: what it leaves out gets its default. Flags and ``apis``
    that are None stay, and so does who may use the client where nothing is said. A
    client that needs no secret any more loses those it has.
    One that is first-party no more keeps the parts of ``account`` where it had that.
    ``review`` sees the client once nobody else can change it, and may refuse.
    Raises UnknownClient, InvalidClientMetadata with every mistake, and PermissionBeyond
    where it may do here what is not ``held``.
    """
    client = get_client(client_id)
    flags = _flags(client, first_party=first_party, require_pkce=require_pkce)
    refuse_unknown_members(metadata)
    people = people_members.read_people(metadata)
    logo = fetch_linked_logo(metadata, registered=client.registered)
    checked = registry.check_metadata(metadata, name=client_id, **flags)
    client = hold_client(client_id)
    review(client)
    registry.refuse_beyond(client.registered, checked, held=held)
    before = _told(client)
    if _differing(before, checked | flags | {MEMBER: before[MEMBER]}):
        _write(client, checked, flags=flags)
        keep_linked_logo(client, logo)
    registry.write_permissions(client, apis)
    differing = write_people(client, people)
    return _record_difference(client, before, people=differing, by=by)


def refuse_unknown_members(metadata: Mapping[str, Any]) -> None:
    """Refuse names that mean nothing here: an operator's typing mistakes."""
    errors = unknown_members(metadata, also=people_members.MEMBERS)
    if errors:
        raise InvalidClientMetadata(errors)


def disable_client(client_id: str, *, by: str | None = None) -> None:
    """Turn a client off: no sign-in and no token until it is enabled again."""
    client = hold_client(client_id)
    if client.disabled_at is None:
        client.disabled_at = utcnow()
        record_change(client_id, by=by, changed=["disabled"])


def enable_client(client_id: str, *, by: str | None = None) -> None:
    """Turn a client on again, with everything it had."""
    client = hold_client(client_id)
    if client.disabled_at is not None:
        client.disabled_at = None
        record_change(client_id, by=by, changed=["enabled"])


def record_change(
    client_id: str,
    *,
    event: str = "client.changed",
    by: str | None = None,
    changed: list[str] | None = None,
    values: Mapping[str, dict[str, Any]] = MappingProxyType({}),
    **detail: str,
) -> None:
    """Finish a change of a client: flush, audit, and forget its old view.

    Each change ends here. Other processes see it within a second (core.caches).
    """
    db.session.flush()
    audit.record(
        event,
        outcome="ok",
        user_id=by,
        client_id=client_id,
        changed=changed,
        before=values.get("before") or None,
        after=values.get("after") or None,
        **detail,
    )
    current(Caches).bump(CLIENTS)


def _write(
    client: Client, checked: dict[str, Any], *, flags: Mapping[str, bool]
) -> None:
    """Store metadata and flags that were checked, and what follows from them."""
    client.registered, client.client_name = checked, checked["client_name"]
    if client.first_party and not flags["first_party"]:
        _narrow_account(client.client_id)
    client.first_party = flags["first_party"]
    client.require_pkce = flags["require_pkce"]
    registry.write_origins(client)
    if not uses_secret(checked):
        of_client = ClientSecret.client_id == client.client_id
        db.session.execute(delete(ClientSecret).where(of_client))


def _narrow_account(client_id: str) -> None:
    """Name the parts of ``account`` where a client's users allowed it, or may yet.

    So it does not come back unseen if the client is first-party again. Whoever takes
    an app away holds its consent first and then its grants, and so does this.
    """
    for scope, still_counts in (
        (DeviceCode.scope, DeviceCode.answered_at.is_(None)),
        (Consent.scope, true()),
        (Consent.declined_scope, true()),
        (Grant.scope, Grant.revoked_at.is_(None)),
    ):
        rows = (scope.class_.client_id == client_id) & still_counts
        values = db.session.scalars(select(scope).distinct().where(rows)).all()
        for value in values:
            apart = scopes.join(scopes.without_account(value.split(" ")))
            if apart != value:
                same = update(scope.class_).where(rows, scope == value)
                db.session.execute(same.values({scope: apart}))


def _record_difference(
    client: Client, before: Mapping[str, Any], *, people: PeopleChange, by: str | None
) -> list[str]:
    """Record what is not as it was ``before``; return the names of it."""
    after = _told(client)
    names = _differing(before, after)
    changed = [*names, *people.after]
    if changed:
        values = {
            "before": _only(names, before) | people.before,
            "after": _only(names, after) | people.after,
        }
        record_change(client.client_id, by=by, changed=changed, values=values)
    return changed


def _told(client: Client) -> dict[str, Any]:
    """Return what the audit log tells of a client: it has no secret in it."""
    flags = {"first_party": client.first_party, "require_pkce": client.require_pkce}
    apis = chosen_lines(list_permissions(client.client_id))
    return client.registered | flags | {MEMBER: apis}


def _flags(client: Client, **wanted: bool | None) -> dict[str, bool]:
    """Return the flags that are to be, by name; None is as it is."""
    return {name: _pick(one, getattr(client, name)) for name, one in wanted.items()}


def _pick(wanted: bool | None, present: bool) -> bool:
    """Return what is wanted, or what there is where nothing is."""
    return present if wanted is None else wanted


def _only(names: Iterable[str], of: Mapping[str, Any]) -> dict[str, Any]:
    """Return some of the values; what is not there is None."""
    return {name: of.get(name) for name in names}


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the names of members that are not the same in both."""
    names = sorted(old.keys() | new.keys())
    return [name for name in names if old.get(name) != new.get(name)]
