"""/api/admin/providers: who else signs people in."""

from dataclasses import asdict

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.access.roles import PermissionBeyond
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.api.admin.providers.fields import (
    FoundPersonAnswer,
    NewProvider,
    ProviderAnswer,
    ProviderChange,
    ProviderMembers,
    ProviderReplacement,
    ProviderTest,
    TriedLogin,
    answer_of,
    members_in,
    parts_of,
)
from idp.federation.discovery_url import with_issuer_found
from idp.federation.providers.cache import provider_of
from idp.federation.providers.declared import read_declaration
from idp.federation.providers.errors import (
    InvalidProvider,
    ProviderIdTaken,
    ProviderInUse,
    UnknownProvider,
)
from idp.federation.providers.links import count_all_links, count_links
from idp.federation.providers.provider import Provider, ProviderDeclaration
from idp.federation.providers.registry import (
    change_provider,
    create_provider,
    delete_provider,
    get_provider,
    hold_provider,
    switch_provider,
)
from idp.federation.providers.rows import said_of
from idp.federation.providers.search import search_providers
from idp.federation.trial import try_provider
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.http.preconditions import etag_of, refuse_unseen
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply
from idp.web.provider_words import trial_words

api = JsonBlueprint("admin_providers_api", __name__, tag="Administration: providers")
PATH = "/api/admin/providers"
ONE = f"{PATH}/<provider_id>"
REFUSALS = (NotPermitted, ReauthenticationRequired)
CHANGE_REFUSALS = (
    *(*REFUSALS, UnknownProvider, InvalidProvider),
    *(ProviderInUse, PermissionBeyond),
)


class ProvidersQuery(PageQuery):
    """Which providers to list."""

    query: str = Field("", max_length=255, description="Part of a name or id")


@api.operation(
    "GET",
    PATH,
    id="admin_providers_api_show_all",
    query=ProvidersQuery,
    answers={200: PageAnswer[ProviderAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: ProvidersQuery) -> Response:
    """List the providers in the order of their buttons."""
    access.require(who, Permission.PROVIDERS_READ)
    page = search_providers(query.query.strip(), query)
    linked = count_all_links()
    items = [
        answer_of(provider_of(row), linked=linked.get(row.id, 0)) for row in page.items
    ]
    answer = PageAnswer[ProviderAnswer](items=items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    PATH,
    id="admin_providers_api_create",
    body=NewProvider,
    answers={201: ProviderAnswer},
    refusals=(*REFUSALS, InvalidProvider, ProviderIdTaken, PermissionBeyond),
    etag=True,
)
def create(who: Caller, body: NewProvider) -> Response:
    """Add a provider; register its `redirect_uri` there."""
    _admit_change(who)
    made = create_provider(
        body.id,
        read_declaration(with_issuer_found(members_in(body)), tenant=body.tenant),
        secret=body.client_secret,
        held=access.held_by(who),
        by=who.user_id,
    )
    return _reply(_switched(made, body, who=who))


@api.operation(
    "GET",
    ONE,
    id="admin_providers_api_show",
    answers={200: ProviderAnswer},
    refusals=(NotPermitted, UnknownProvider),
    etag=True,
)
def show(who: Caller, provider_id: str) -> Response:
    """Show a provider."""
    access.require(who, Permission.PROVIDERS_READ)
    return _reply(get_provider(provider_id))


@api.operation(
    "PUT",
    ONE,
    id="admin_providers_api_replace",
    body=ProviderReplacement,
    answers={200: ProviderAnswer},
    refusals=CHANGE_REFUSALS,
    etag=True,
)
def replace(who: Caller, *, provider_id: str, body: ProviderReplacement) -> Response:
    """Replace what is said of a provider; its id stays, and so does its secret."""
    _admit_change(who)
    _held(provider_id)
    said = members_in(body)
    changed = _change(who, provider_id, declared=read_declaration(said), body=body)
    off = switch_provider(changed.id, off=body.disabled, by=who.user_id)
    return _reply(off)


@api.operation(
    "PATCH",
    ONE,
    id="admin_providers_api_change",
    body=ProviderChange,
    answers={200: ProviderAnswer},
    refusals=CHANGE_REFUSALS,
    etag=True,
)
def change(who: Caller, *, provider_id: str, body: ProviderChange) -> Response:
    """Change a provider; what is left out stays.

    Nobody signs in by one that is `disabled`, but who is linked stays so.
    """
    _admit_change(who)
    present = said_of(_held(provider_id))
    declared = read_declaration(members_in(body), present=present)
    changed = _change(who, provider_id, declared=declared, body=body)
    return _reply(_switched(changed, body, who=who))


@api.operation(
    "DELETE",
    ONE,
    id="admin_providers_api_delete",
    answers={204: None},
    refusals=(*REFUSALS, UnknownProvider),
    etag=True,
)
def delete(who: Caller, provider_id: str) -> None:
    """Delete a provider and all links to it.

    Users keep their accounts; who signed in by it alone needs a password reset.
    """
    _admit_change(who)
    _held(provider_id)
    delete_provider(provider_id, by=who.user_id)


@api.operation(
    "POST",
    f"{ONE}/test",
    id="admin_providers_api_test",
    body=TriedLogin,
    answers={200: ProviderTest},
    refusals=(*REFUSALS, UnknownProvider),
)
def test(who: Caller, *, provider_id: str, body: TriedLogin) -> ProviderTest:
    """Ask a provider what it is asked at a sign-in; nobody signs in.

    With a `login` a directory is asked whom it means, without a password.
    """
    _admit_change(who)
    login = (body.login or "").strip()
    done = try_provider(provider_id, login=login, by=who.user_id)
    found = FoundPersonAnswer(**asdict(done.found)) if done.found else None
    return ProviderTest(
        passed=done.passed,
        found=found,
        step=done.step,
        error=done.error,
        message=trial_words(done),
    )


def _admit_change(who: Caller) -> None:
    """Refuse who may change no providers, or signed in too long ago."""
    access.require(who, Permission.PROVIDERS_WRITE)
    access.fresh_proof(who)


def _held(provider_id: str) -> Provider:
    """Return a provider that nobody else changes now, if it is as the caller saw it."""
    provider = hold_provider(provider_id)
    refuse_unseen(parts_of(provider))
    return provider


def _change(
    who: Caller,
    provider_id: str,
    *,
    declared: ProviderDeclaration,
    body: ProviderMembers,
) -> Provider:
    """Declare something else of a provider."""
    return change_provider(
        provider_id,
        declared,
        secret=body.client_secret,
        held=access.held_by(who),
        by=who.user_id,
    )


def _switched(provider: Provider, body: ProviderMembers, *, who: Caller) -> Provider:
    """Switch a provider off or on, where a body says so."""
    if "disabled" not in body.model_fields_set:
        return provider
    return switch_provider(provider.id, off=body.disabled, by=who.user_id)


def _reply(provider: Provider) -> Response:
    """Return a provider, and which state of it this is."""
    answer = answer_of(provider, linked=count_links(provider.id))
    return reply(answer, headers={"ETag": etag_of(parts_of(provider))})
