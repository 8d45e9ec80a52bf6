"""Changing a client by what is said of it, all of it or a part.

Nobody's change is lost: what a part is put together with is what is registered when it
is written.
"""

from collections.abc import Callable, Mapping
from typing import Any

from idp.accounts.access.permissions import NOTHING, Permissions
from idp.oauth.apis.permissions import MEMBER, ApiPermission, read_permissions
from idp.oauth.apis.registry import InvalidApi
from idp.oauth.clients.changes import (
    change_client,
    disable_client,
    enable_client,
    get_client,
)
from idp.oauth.clients.edits.described import describe_client
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.oauth.models import Client

FLAGS = ("first_party", "require_pkce")
Review = Callable[[dict[str, Any]], None]


class _MovedOn(Exception):
    """The client is not any more what the change was put together with."""


def replace_client(
    client_id: str,
    said: Mapping[str, Any],
    *,
    review: Review,
    held: Permissions = NOTHING,
    by: str | None = None,
) -> None:
    """Make a client what is said of it; what is left out gets its default.

    But for ``access``, ``app_roles`` and ``disabled``, which stay: to forget one opens
    no client. ``review`` sees how the client stands (``describe_client``) when nobody
    else can change it, and may refuse. Raises what ``change_client`` does.
    """
    whole = {"first_party": False, "require_pkce": True, MEMBER: [], **said}
    change_client(
        client_id,
        _metadata_in(whole),
        **{name: whole[name] for name in FLAGS},
        apis=read_apis(whole),
        review=lambda client: review(describe_client(client)),
        held=held,
        by=by,
    )
    _switch(client_id, said.get("disabled"), by=by)


def merge_client(
    client_id: str,
    said: Mapping[str, Any],
    *,
    review: Review,
    held: Permissions = NOTHING,
    by: str | None = None,
) -> None:
    """Change what is said of a client; metadata that is null gets its default.

    The rest is as for ``replace_client``.
    """

    def merge() -> None:
        """Put the change together with what is registered now, and write it."""
        before = get_client(client_id)
        seen = _state_of(before)

        def refuse_moved(client: Client) -> None:
            """Let the caller judge, and begin again where somebody was faster."""
            review(describe_client(client))
            if _state_of(client) != seen:
                raise _MovedOn

        change_client(
            client_id,
            {**before.registered, **_metadata_in(said)},
            **{name: said.get(name) for name in FLAGS},
            apis=read_apis(said),
            review=refuse_moved,
            held=held,
            by=by,
        )

    try:
        merge()
    except _MovedOn:  # the client is held by now
        merge()
    _switch(client_id, said.get("disabled"), by=by)


def read_apis(said: Mapping[str, Any]) -> list[ApiPermission] | None:
    """Return which APIs a client may ask for, None where nothing is said.

    Raises InvalidClientMetadata.
    """
    if said.get(MEMBER) is None:
        return None
    try:
        return read_permissions(said[MEMBER])
    except InvalidApi as refused:
        raise InvalidClientMetadata(refused.errors) from refused


def _metadata_in(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said but what has a column or rows of its own."""
    apart = {*FLAGS, MEMBER, "disabled"}
    return {name: value for name, value in said.items() if name not in apart}


def _state_of(client: Client) -> tuple[object, ...]:
    """Return what a partial change is put together with."""
    return (client.registered, *(getattr(client, name) for name in FLAGS))


def _switch(client_id: str, disabled: bool | None, *, by: str | None) -> None:
    """Turn a client off or on; None leaves it as it is."""
    if disabled is not None:
        (disable_client if disabled else enable_client)(client_id, by=by)
