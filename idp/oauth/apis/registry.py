"""The registry of resource servers: declare, change, list and delete them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any

from sqlalchemy import delete, func, select

from idp.accounts.profile.attributes.registry import hold_definitions
from idp.core.db import begin_writing, changed_one, db, unless_taken
from idp.core.errors import FieldError, IdpError
from idp.core.events import publish
from idp.core.text import worded
from idp.oauth.apis import checks
from idp.oauth.keys import rotation
from idp.oauth.models import Api, ApiScope
from idp.security import audit


class InvalidApi(IdpError):
    """A declaration that no API can be registered with; ``errors`` has each mistake."""

    code = "invalid_api"
    status = HTTPStatus.BAD_REQUEST
    title = "The API cannot be registered."


class ApiIdentifierTaken(InvalidApi):
    """An identifier that another API has."""

    code = "api_identifier_taken"
    status = HTTPStatus.CONFLICT
    title = "This identifier is registered already."


class UnknownApi(IdpError):
    """No API is registered under this identifier."""

    code = "unknown_api"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such API."


@dataclass(frozen=True)
class ApisChanged:
    """An API was changed or deleted: what is cached of it is out of date."""


@dataclass(frozen=True)
class ApiDeclaration:
    """What an operator says of an API; ``scopes`` is name to description."""

    name: str
    signing_alg: str | None = None
    access_token_seconds: int | None = None
    scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def list_apis() -> Sequence[Api]:
    """Return all registered APIs by name; the built-in ones are no rows."""
    return db.session.scalars(select(Api).order_by(Api.name, Api.identifier)).all()


def find_api(identifier: str) -> Api | None:
    """Return the API of exactly this identifier."""
    return db.session.scalar(select(Api).where(Api.identifier == identifier))


def get_api_by_id(api_id: str) -> Api:
    """Return the API of a row id, or raise UnknownApi."""
    api = db.session.get(Api, api_id)
    if api is None:
        raise UnknownApi
    return api


def count_scopes() -> dict[str, int]:
    """Return how many scopes each API has, by its row id."""
    counted = select(ApiScope.api_id, func.count()).group_by(ApiScope.api_id)
    return {row.api_id: row[1] for row in db.session.execute(counted)}


def get_api(identifier: str) -> Api:
    """Return it, or raise UnknownApi."""
    api = find_api(identifier)
    if api is None:
        raise UnknownApi
    return api


def declaration_of(api: Api) -> ApiDeclaration:
    """Return what is declared of an API now."""
    return ApiDeclaration(
        name=api.name,
        signing_alg=api.signing_alg,
        access_token_seconds=api.access_token_seconds,
        scopes=_scopes_of(api),
    )


def hold_api(api: Api) -> None:
    """Let no other writer change or delete an API; raises UnknownApi if it is gone."""
    begin_writing()
    held = select(Api).where(Api.id == api.id).with_for_update()
    fresh = held.execution_options(populate_existing=True)
    if db.session.scalars(fresh).one_or_none() is None:
        raise UnknownApi


def create_api(
    identifier: str, declared: ApiDeclaration, *, by: str | None = None
) -> Api:
    """Register an API; raises InvalidApi with every mistake, and ApiIdentifierTaken.

    There is a key afterwards for its algorithm.
    """
    _hold_names(declared)
    errors = [*checks.wrong_identifier(identifier), *_mistakes_in(declared)]
    if errors:
        raise InvalidApi(errors)
    api = Api(identifier=identifier, name=declared.name)
    with unless_taken(_taken):
        db.session.add(api)
        db.session.flush()
    _write(api, declared)
    after = asdict(declared)
    audit.record("api.created", user_id=by, identifier=identifier, after=after)
    return api


def change_api(api: Api, declared: ApiDeclaration, *, by: str | None = None) -> bool:
    """Replace what is declared of an API; tell whether that changes it.

    An operator who does so has seen it: it is ``imported`` no more. Raises InvalidApi.
    """
    _hold_names(declared)
    errors = list(_mistakes_in(declared))
    if errors:
        raise InvalidApi(errors)
    hold_api(api)
    before = declaration_of(api)
    if declared == before and not api.imported:
        return False
    _write(api, declared)
    audit.record(
        "api.changed",
        user_id=by,
        identifier=api.identifier,
        before=_differing(before, declared),
        after=_differing(declared, before),
    )
    publish(ApisChanged())
    return True


def delete_api(api: Api, *, by: str | None = None) -> None:
    """Remove an API: no client gets tokens for it any more.

    Access tokens for it end by themselves within minutes.
    """
    identifier, before = api.identifier, asdict(declaration_of(api))
    if not changed_one(delete(Api).where(Api.id == api.id), {}):
        raise UnknownApi
    audit.record("api.deleted", user_id=by, identifier=identifier, before=before)
    publish(ApisChanged())


def _hold_names(declared: ApiDeclaration) -> None:
    """Let no scope about users be defined meanwhile: a name means one thing alone."""
    if declared.scopes:
        hold_definitions()


def _taken() -> ApiIdentifierTaken:
    """Return the refusal of an identifier that another API has."""
    error = FieldError(
        "identifier", ApiIdentifierTaken.code, worded("is registered already")
    )
    return ApiIdentifierTaken([error])


def _differing(one: ApiDeclaration, other: ApiDeclaration) -> dict[str, Any]:
    """Return what is declared otherwise in the other."""
    said, otherwise = asdict(one), asdict(other)
    return {name: said[name] for name in said if said[name] != otherwise[name]}


def _scopes_of(api: Api) -> dict[str, dict[str, Any]]:
    """Return the scope values of an API by name, each with its description."""
    of_api = select(ApiScope).where(ApiScope.api_id == api.id).order_by(ApiScope.name)
    return {row.name: row.description for row in db.session.scalars(of_api)}


def _mistakes_in(declared: ApiDeclaration) -> list[FieldError]:
    """Return what is wrong with a declaration."""
    return [
        *checks.wrong_name(declared.name),
        *checks.wrong_signing_alg(declared.signing_alg),
        *checks.wrong_seconds(declared.access_token_seconds),
        *checks.wrong_scopes(declared.scopes),
    ]


def _write(api: Api, declared: ApiDeclaration) -> None:
    """Store a declaration that was checked."""
    if declared.signing_alg is not None:
        rotation.ensure_keys(declared.signing_alg)
    api.name, api.imported = declared.name, False
    api.signing_alg = declared.signing_alg
    api.access_token_seconds = declared.access_token_seconds
    db.session.flush()
    db.session.execute(delete(ApiScope).where(ApiScope.api_id == api.id))
    for name, description in declared.scopes.items():
        db.session.add(
            ApiScope(api_id=api.id, name=name, description=dict(description))
        )
    db.session.flush()
