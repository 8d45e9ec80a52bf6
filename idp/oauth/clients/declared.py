"""Clients declared in a file (``--seed``, the demo): made so at every start.

A declaration may be older or newer than this server. Standard metadata that this
version does not know is left out with a remark, which the start prints, so that one
such client does not keep the others from working. A name that no standard has is a
mistake and is refused.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from idp.accounts.access.permissions import OPERATOR
from idp.core.db import db
from idp.oauth.apis.permissions import MEMBER
from idp.oauth.clients import registry
from idp.oauth.clients.access import members as people_members
from idp.oauth.clients.branding.linked import LOGO_URI, LogoUnavailable
from idp.oauth.clients.changes import change_client
from idp.oauth.clients.edits.changes import read_apis
from idp.oauth.clients.kinds import SECRET_METHODS
from idp.oauth.clients.metadata.agreement import PRIVATE_KEY_JWT
from idp.oauth.clients.metadata.fetched_uris import unreachable
from idp.oauth.clients.metadata.members import AUTH_METHODS, GRANT_TYPES, KNOWN
from idp.oauth.clients.metadata.registration import (
    InvalidClientMetadata,
    unknown_members,
)
from idp.oauth.clients.metadata.warnings import warnings_of
from idp.oauth.clients.secrets import keep_only_secret
from idp.oauth.models import Client
from idp.oauth.protocol import scopes

OPERATOR_MEMBERS = frozenset({"first_party", "require_pkce"})
DECLARED_MEMBERS = OPERATOR_MEMBERS | {"client_id", "client_secret", MEMBER}
KNOWN_MEMBERS = DECLARED_MEMBERS | people_members.MEMBERS
# IANA's registry of client metadata, and of authentication methods and grants
STANDARD = frozenset(
    [
        "software_statement",
        "sector_identifier_uri",
        "id_token_encrypted_response_alg",
        "id_token_encrypted_response_enc",
        "userinfo_encrypted_response_alg",
        "userinfo_encrypted_response_enc",
        "request_object_signing_alg",
        "request_object_encryption_alg",
        "request_object_encryption_enc",
        "request_uris",
        "default_acr_values",
        "require_auth_time",
        "backchannel_logout_uri",
        "backchannel_logout_session_required",
        "frontchannel_logout_uri",
        "frontchannel_logout_session_required",
        "tls_client_certificate_bound_access_tokens",
        "tls_client_auth_subject_dn",
        "tls_client_auth_san_dns",
        "tls_client_auth_san_uri",
        "tls_client_auth_san_ip",
        "tls_client_auth_san_email",
        "require_pushed_authorization_requests",
        "require_signed_request_object",
        "dpop_bound_access_tokens",
        "authorization_signed_response_alg",
        "authorization_details_types",
        "introspection_signed_response_alg",
        "use_mtls_endpoint_aliases",
    ]
)
STANDARD_METHODS = frozenset(
    [
        "client_secret_jwt",
        "tls_client_auth",
        "self_signed_tls_client_auth",
        "attest_jwt_client_auth",
    ]
)
STANDARD_GRANTS = "urn:ietf:params:oauth:grant-type:", "implicit", "password"


def apply_client(declared: Mapping[str, Any]) -> list[str]:
    """Make one declared client so and return remarks; again it changes nothing.

    ``declared`` is RFC 7591 metadata with ``client_id``, ``client_secret`` and our own
    ``first_party``, ``require_pkce`` and ``apis``, which stay where nothing is said of
    them; nor do ``access`` and ``app_roles``. Raises InvalidClientMetadata for
    mistakes.
    """
    _check_declared(declared)
    if _is_being_deleted(declared["client_id"]):
        return ["is being deleted: left out until all that hangs on it is gone"]
    method = declared.get("token_endpoint_auth_method")
    if method in STANDARD_METHODS - {*AUTH_METHODS}:
        return [f"token_endpoint_auth_method {method} is not supported: left out"]
    known, remarks = _supported(declared)
    for error in list(unreachable(known)):
        del known[error.field]
        remarks.append(f"{error.field} {error.message}: it does nothing")
    lost = _what_is_lost(known) if remarks else None
    if lost:
        return [*remarks, f"no {lost} remains: left out"]
    try:
        _apply_supported(known)
    except LogoUnavailable as refused:
        del known[LOGO_URI]
        remarks += [f"{e.field}: {e.message} It is left out" for e in refused.errors]
        _apply_supported(known)
    return [*remarks, *_narrowed(known), *warnings_of(known)]


def _is_being_deleted(client_id: str) -> bool:
    """Tell whether a client was deleted of which something is left."""
    row = db.session.get(Client, client_id)
    return row is not None and row.deleted_at is not None


def _narrowed(known: Mapping[str, Any]) -> Iterator[str]:
    """Yield a remark where a client gets the parts of ``account`` in its place."""
    named = str(known.get("scope") or "").split()
    if scopes.ACCOUNT in named and not known.get("first_party"):
        parts = " ".join(scopes.without_account([scopes.ACCOUNT]))
        yield f"scope account is for first_party clients: it gets {parts} instead"


def _what_is_lost(known: Mapping[str, Any]) -> str | None:
    """Return what is missing now, without which a client can do nothing."""
    if known.get("grant_types") in ([], ["refresh_token"]):
        return "grant type"
    signs = known.get("token_endpoint_auth_method") == PRIVATE_KEY_JWT
    return "key" if signs and known.keys().isdisjoint({"jwks", "jwks_uri"}) else None


def _supported(declared: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the declaration without what this version lacks, and what that was."""
    lacking = sorted(STANDARD & declared.keys() - KNOWN)
    known = {name: value for name, value in declared.items() if name not in lacking}
    remarks = [f"{name} is not supported and does nothing" for name in lacking]
    grants = declared.get("grant_types")
    if isinstance(grants, list):
        foreign = [g for g in grants if _is_foreign_grant(g)]
        known["grant_types"] = [g for g in grants if g not in foreign]
        remarks += [f"grant type {grant} is not supported" for grant in foreign]
    return known, remarks


def _is_foreign_grant(grant: object) -> bool:
    """Tell whether this is a grant type of a standard that this version lacks."""
    if not isinstance(grant, str) or grant in GRANT_TYPES:
        return False
    return grant.startswith(STANDARD_GRANTS)


def _apply_supported(declared: Mapping[str, Any]) -> None:
    """Register the client, or bring the registered one into line."""
    client_id, secret = declared["client_id"], declared.get("client_secret")
    metadata = {k: v for k, v in declared.items() if k not in DECLARED_MEMBERS}
    flags = {
        "first_party": declared.get("first_party", False),
        "require_pkce": declared.get("require_pkce", True),
    }
    apis = read_apis(declared)
    if db.session.get(Client, client_id) is None:
        registry.register_client(
            metadata,
            client_id=client_id,
            client_secret=secret,
            apis=apis or (),
            held=OPERATOR,
            **flags,
        )
        return
    change_client(client_id, metadata, apis=apis, held=OPERATOR, **flags)
    if secret is not None:
        keep_only_secret(client_id, secret)


def _check_declared(declared: Mapping[str, Any]) -> None:
    """Refuse what a declared client must not or must have."""
    known = KNOWN_MEMBERS | STANDARD
    errors = unknown_members(declared, also=known)
    if errors:
        raise InvalidClientMetadata(errors)
    client_id = declared.get("client_id")
    if not isinstance(client_id, str) or not client_id:
        raise registry.refusal("client_id", "must be given, in printable ASCII")
    registry.check_id(client_id)
    secret = declared.get("client_secret")
    method = declared.get("token_endpoint_auth_method", "client_secret_basic")
    other = method not in SECRET_METHODS
    if secret is not None and (other or not isinstance(secret, str) or not secret):
        raise registry.refusal(
            "client_secret", "must be text, of a client that uses one"
        )
    for flag in OPERATOR_MEMBERS & declared.keys():
        if not isinstance(declared[flag], bool):
            raise registry.refusal(flag, "must be true or false")
