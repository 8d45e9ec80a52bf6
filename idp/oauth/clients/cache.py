"""Finding clients on the hot path: read once, then a cache of detached views."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import bindparam, exists, select

from idp.core.caches.cached import Cached
from idp.core.context import current
from idp.core.db import db, table_of
from idp.oauth.apis import builtin
from idp.oauth.apis.permissions import find_apis
from idp.oauth.apis.view import ApiView
from idp.oauth.clients.account_client import ACCOUNT_CLIENT, account_client
from idp.oauth.clients.branding.files import brand_of
from idp.oauth.clients.view import (
    ClientView,
    IdTokenClaims,
    OrganizationUse,
    SecretDigest,
)
from idp.oauth.models import AppRole, Client, ClientSecret
from idp.oauth.protocol import scopes
from idp.oauth.protocol.errors import NonRedirectableError
from idp.oauth.protocol.redirect_uris import origin_of

CLIENTS, APIS = "clients", "apis"  # names in cache_versions
CACHE_SIZE = 10_000
MAX_CLIENT_ID = 255
# Members that are None in a view where a client registered none.
MAY_BE_ABSENT = (
    "token_endpoint_auth_signing_alg",
    "client_assertion_aud",
    "jwks",
    "jwks_uri",
    "default_resource",
    "userinfo_signed_response_alg",
    "client_uri",
    "initiate_login_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
    "backchannel_logout_uri",
    "frontchannel_logout_uri",
    "default_max_age",
    "access_token_seconds",
    "id_token_seconds",
    "refresh_idle_seconds",
    "refresh_lifetime_seconds",
)

clients, secrets_table = table_of(Client), table_of(ClientSecret)
roles = table_of(AppRole)
HAS_ROLES = exists().where(roles.c.client_id == clients.c.client_id)
FIND = (
    select(
        clients,
        secrets_table.c.digest,
        secrets_table.c.expires_at,
        HAS_ROLES.label("has_roles"),
    )
    .outerjoin(secrets_table, secrets_table.c.client_id == clients.c.client_id)
    .where(
        clients.c.client_id == bindparam("client_id"), clients.c.deleted_at.is_(None)
    )
    .order_by(secrets_table.c.created_at)
)


class ClientCache(Cached[ClientView]):
    """Views of clients, with the APIs that they may ask for.

    Unknown ids are not kept: a client that was just registered works at once.
    """

    def __init__(self) -> None:
        super().__init__(CLIENTS, APIS, size=CACHE_SIZE)


def find_client(client_id: str | None) -> ClientView | None:
    """Return the client that is registered under exactly this id, None if none is."""
    if not client_id or len(client_id) > MAX_CLIENT_ID or not printable(client_id):
        return None
    return current(ClientCache).fetch(client_id, partial(_read_client, client_id))


def find_client_anew(client_id: str) -> ClientView | None:
    """Return a client as the database has it now, whatever was known of it."""
    current(ClientCache).forget()
    return find_client(client_id)


def usable(client: ClientView | None) -> ClientView:
    """Return a client that may be used.

    Raises NonRedirectableError for one that is unknown or switched off.
    """
    if client is None:
        raise NonRedirectableError("client_unknown")
    if client.disabled:
        raise NonRedirectableError("client_disabled", client_name=client.client_name)
    return client


def printable(client_id: str) -> bool:
    """Tell whether this can be a client_id (RFC 6749 appendix A.1)."""
    return client_id.isascii() and client_id.isprintable()


def view_of(
    row: Any,
    secret_digests: tuple[SecretDigest, ...] = (),
    *,
    apis: tuple[ApiView, ...] = (),
    has_roles: bool = False,
) -> ClientView:
    """Return the view of a row of ``clients``, with the APIs that it may ask for."""
    metadata = row.registered
    audiences = audiences_of(metadata, apis)
    return ClientView(
        client_id=row.client_id,
        client_name=row.client_name,
        application_type=metadata["application_type"],
        redirect_uris=tuple(metadata["redirect_uris"]),
        post_logout_redirect_uris=tuple(metadata["post_logout_redirect_uris"]),
        grant_types=frozenset(metadata["grant_types"]),
        response_types=frozenset(metadata["response_types"]),
        scope=frozenset().union(*(api.allowed for api in audiences)),
        optional_scope=optional_scope_of(metadata),
        token_endpoint_auth_method=metadata["token_endpoint_auth_method"],
        apis={api.identifier: api for api in audiences},
        owned_resources=frozenset(metadata.get("owned_resources", ())),
        id_token_signed_response_alg=metadata["id_token_signed_response_alg"],
        access_token_signed_response_alg=metadata["access_token_signed_response_alg"],
        origins=frozenset(origins_of(metadata)),
        contacts=tuple(metadata["contacts"]),
        default_acr_values=tuple(metadata.get("default_acr_values") or ()),
        **{name: metadata.get(name) for name in MAY_BE_ABSENT},
        first_party=row.first_party,
        require_pkce=row.require_pkce,
        disabled=row.disabled_at is not None,
        secret_digests=secret_digests,
        restricted=bool(row.restricted),
        has_roles=has_roles,
        organization=OrganizationUse(metadata.get("organization", "none")),
        id_token_claims=IdTokenClaims(metadata.get("id_token_claims", "minimal")),
        brand=brand_of(row.client_id, row.branding),
    )


def audiences_of(
    metadata: Mapping[str, Any], apis: tuple[ApiView, ...]
) -> tuple[ApiView, ...]:
    """Return all that a client may ask for: its APIs, and what is built in."""
    registered = frozenset(metadata["scope"].split())
    taken = frozenset().union(*(api.scopes for api in apis))
    return (*builtin.open_to(registered, taken=taken), *apis)


def optional_scope_of(metadata: Mapping[str, Any]) -> frozenset[str]:
    """Return what users may leave out; never who they are."""
    declared = metadata.get("optional_scope")
    optional = scopes.OPTIONAL if declared is None else frozenset(declared.split())
    return optional - {scopes.OPENID}


def origins_of(metadata: Mapping[str, Any]) -> set[str]:
    """Return the web origins of a client's redirect URIs, and what else it named."""
    of_redirects = {o for o in map(origin_of, metadata["redirect_uris"]) if o}
    return of_redirects.union(metadata.get("allowed_origins") or ())


def _read_client(client_id: str) -> ClientView | None:
    """Read a client and its secrets from the database; the built-in one is no row."""
    if client_id == ACCOUNT_CLIENT:
        return view_of(account_client())
    rows = db.session.execute(FIND, {"client_id": client_id}).all()
    if not rows:
        return None
    secret_digests = tuple(
        SecretDigest(row.digest, row.expires_at) for row in rows if row.digest
    )
    return view_of(
        rows[0],
        secret_digests,
        apis=find_apis(client_id),
        has_roles=rows[0].has_roles,
    )
