"""The registry of providers: add, change, order, switch off and delete them."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy import delete, select

from idp.accounts.access.permissions import (
    NOTHING,
    Permission,
    Permissions,
    permissions_of,
)
from idp.accounts.access.roles import PermissionBeyond
from idp.core.clock import utcnow
from idp.core.db import changed_one, db, unless_taken
from idp.core.errors import FieldError
from idp.core.text import worded
from idp.federation.models import ProviderRow
from idp.federation.providers import checks
from idp.federation.providers.cache import provider_of
from idp.federation.providers.errors import (
    InvalidProvider,
    ProviderIdTaken,
    ProviderInUse,
    UnknownProvider,
)
from idp.federation.providers.keys import make_key, public_jwk
from idp.federation.providers.links import count_links
from idp.federation.providers.owners.ownership import (
    refuse_owner_beyond,
    with_owner,
    wrong_owner,
)
from idp.federation.providers.provider import Provider, ProviderDeclaration
from idp.federation.providers.rows import (
    as_json,
    columns_of,
    differences_of,
    forget_begun,
    hold_providers,
    hold_row,
    said_of,
    store_change,
)
from idp.federation.providers.secrets import open_secret, seal_secret
from idp.organizations.domains.registry import release_domains
from idp.security import audit

# Which provider it is: whoever changes it could say who its users are.
IDENTITY = ("kind", "issuer", "organization_id", *checks.ENDPOINTS)
LDAP_IDENTITY = ("url", "tls", "base_dn")
LDAP_SERVER = ("url", "tls", "ca")
SECRET_REPLACED = {"client_secret": "replaced"}


def get_provider(provider_id: str) -> Provider:
    """Return it as it is stored, or raise UnknownProvider.

    Another process may just have changed it, of which this one hears a moment later.
    """
    row = db.session.get(ProviderRow, provider_id)
    if row is None:
        raise UnknownProvider
    return provider_of(row)


def hold_provider(provider_id: str) -> Provider:
    """Return a provider as it is, which nobody else changes or links to meanwhile."""
    return provider_of(hold_row(provider_id))


def declaration_of(provider: Provider) -> ProviderDeclaration:
    """Return what is said of a provider now."""
    return ProviderDeclaration(**said_of(provider))


def create_provider(
    provider_id: str,
    declared: ProviderDeclaration,
    *,
    secret: str | None = None,
    held: Permissions = NOTHING,
    by: str | None = None,
) -> Provider:
    """Add a provider; raises InvalidProvider with every mistake, and ProviderIdTaken.

    One that proves itself by a key and is given none gets a new one. PermissionBeyond
    where it may give roles that hold more than is ``held``.
    """
    secret, declared = _with_key(secret, with_owner(declared))
    hold_providers()
    errors = [
        *checks.wrong_id(provider_id),
        *_mistakes_in(provider_id, declared, secret=secret),
    ]
    if errors:
        raise InvalidProvider(errors)
    _refuse_roles_beyond((), declared.roles.values(), held=held)
    refuse_owner_beyond(None, declared, held=held)
    with unless_taken(_taken):
        row = ProviderRow(id=provider_id, **columns_of(declared))
        row.secret_sealed = _sealed(secret, provider_id)
        db.session.add(row)
        db.session.flush()
    after = as_json(said_of(declared))
    audit.record("provider.created", user_id=by, provider=provider_id, after=after)
    return provider_of(row)


def change_provider(
    provider_id: str,
    declared: ProviderDeclaration,
    *,
    secret: str | None = None,
    held: Permissions = NOTHING,
    by: str | None = None,
) -> Provider:
    """Replace what is said of a provider; a secret of None stays.

    Raises UnknownProvider, InvalidProvider, PermissionBeyond, and ProviderInUse for a
    provider that people are linked to and that would be another one.
    """
    row = hold_row(provider_id)
    old, declared = provider_of(row), with_owner(declared)
    _refuse_roles_beyond(old.roles.values(), declared.roles.values(), held=held)
    refuse_owner_beyond(old, declared, held=held)
    _refuse_other_identity(old, declared)
    if secret is None:
        secret, declared = _kept_secret(old, declared)
    secret, declared = _with_key(secret, declared)
    mapped = old.attributes
    errors = list(_mistakes_in(provider_id, declared, secret=secret, mapped=mapped))
    if errors:
        raise InvalidProvider(errors)
    same_secret = secret == open_secret(old)
    before, after = differences_of(declaration_of(old), declared)
    if not after and same_secret:
        return old
    for name, value in columns_of(declared).items():
        setattr(row, name, value)
    if not same_secret:
        row.secret_sealed = _sealed(secret, provider_id)
        after = after | SECRET_REPLACED
    store_change(provider_id, before=before, after=after, by=by)
    return provider_of(row)


def switch_provider(provider_id: str, *, off: bool, by: str | None = None) -> Provider:
    """Let nobody sign in by a provider, or let them again; what is linked stays."""
    row = hold_row(provider_id)
    if off != (row.disabled_at is not None):
        row.disabled_at = utcnow() if off else None
        before, after = {"disabled": not off}, {"disabled": off}
        store_change(provider_id, before=before, after=after, by=by)
    return provider_of(row)


def order_providers(ids: Iterable[str], *, by: str | None = None) -> None:
    """Put the buttons of providers into an order; those that are not named follow."""
    hold_providers()
    rows = db.session.scalars(
        select(ProviderRow)
        .order_by(ProviderRow.position, ProviderRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    wanted = list(ids)
    places = {provider_id: place for place, provider_id in enumerate(wanted)}
    ordered = sorted(rows, key=lambda row: places.get(row.id, len(wanted)))
    for position, row in enumerate(ordered):
        if row.position != position:
            before, after = {"position": row.position}, {"position": position}
            row.position = position
            store_change(row.id, before=before, after=after, by=by)


def delete_provider(provider_id: str, *, by: str | None = None) -> None:
    """Remove a provider, and with it every link to it: users keep their accounts."""
    old = hold_provider(provider_id)
    linked = count_links(provider_id)
    found = delete(ProviderRow).where(ProviderRow.id == provider_id)
    if not changed_one(found, {}):
        raise UnknownProvider
    forget_begun(provider_id)
    if old.organization_id:
        release_domains(provider_id)
    audit.record(
        "provider.deleted",
        user_id=by,
        provider=provider_id,
        before=as_json(said_of(old)) | {"linked": linked},
    )


def _mistakes_in(
    provider_id: str,
    declared: ProviderDeclaration,
    *,
    secret: str | None,
    mapped: Collection[str] = (),
) -> list[FieldError]:
    """Return what is wrong with a provider of this id."""
    others = select(ProviderRow).where(ProviderRow.id != provider_id)
    taken = {
        domain: row.name
        for row in db.session.scalars(others)
        for domain in row.configured.get("domains", ())
    }
    return [
        *checks.mistakes_in(declared, domains_of_others=taken, mapped=mapped),
        *checks.wrong_secret(declared, secret),
        *wrong_owner(declared),
    ]


def _with_key(
    secret: str | None, declared: ProviderDeclaration
) -> tuple[str | None, ProviderDeclaration]:
    """Return a secret, which is none where none is used, and a key that is missing."""
    if declared.auth_method == "private_key_jwt" and not secret:
        made = make_key()
        kid = public_jwk(made)["kid"]
        return made, replace(declared, key_id=kid)
    return (None if declared.auth_method == "none" else secret), declared


def _kept_secret(
    old: Provider, declared: ProviderDeclaration
) -> tuple[str | None, ProviderDeclaration]:
    """Return the present secret, and the name of a key, where they still fit.

    None is sent to another server than it was typed for.
    """
    sent = checks.SECRETS_SENT
    if any(old.ldap.get(name) != declared.ldap.get(name) for name in LDAP_SERVER):
        return None, declared
    if declared.auth_method in sent and _asked_at(declared) != _asked_at(old):
        return None, declared
    both_sent = declared.auth_method in sent and old.auth_method in sent
    if declared.auth_method != old.auth_method and not both_sent:
        return None, declared
    if declared.key_id is None:
        declared = replace(declared, key_id=old.key_id)
    return open_secret(old), declared


def _asked_at(declared: ProviderDeclaration) -> tuple[str | None, ...]:
    """Return what says to which server a secret is sent."""
    return declared.issuer, declared.token_endpoint


def _refuse_roles_beyond(
    old: Iterable[str], new: Iterable[str], *, held: Permissions
) -> None:
    """Refuse a change by who could get roles by it: only owners turn that on.

    Also any other change of a provider that gives roles: whom it gives them to is said
    by all the rest of it.
    """
    roles = {*old, *new}
    if roles and not permissions_of(roles) | {Permission.USERS_ROLES} <= held:
        raise PermissionBeyond


def _refuse_other_identity(old: Provider, declared: ProviderDeclaration) -> None:
    """Refuse another provider, or other subjects, where people are linked to it."""
    differing = [
        name for name in IDENTITY if getattr(old, name) != getattr(declared, name)
    ]
    differing += [
        f"ldap.{name}"
        for name in LDAP_IDENTITY
        if old.ldap.get(name) != declared.ldap.get(name)
    ]
    if old.claims.get("sub") != declared.claims.get("sub"):
        differing.append("claims")
    if not differing:
        return
    forget_begun(old.id)
    if count_links(old.id):
        hint = worded("cannot change while people are linked")
        raise ProviderInUse(
            [FieldError(name, ProviderInUse.code, hint) for name in differing]
        )


def _sealed(secret: str | None, provider_id: str) -> bytes | None:
    """Return a secret as it is stored."""
    return seal_secret(secret, provider_id=provider_id) if secret else None


def _taken() -> ProviderIdTaken:
    """Return the refusal of an id that another provider has."""
    hint = worded("is taken already")
    return ProviderIdTaken([FieldError("id", ProviderIdTaken.code, hint)])
