"""The scope values that operators define: create, change, list and delete them.

Who changes one holds attributes too: nobody defines or deletes what it opens meanwhile.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any

from sqlalchemy import delete, select

from idp.accounts.profile.attributes.definitions import is_shown
from idp.accounts.profile.attributes.registry import hold_definitions
from idp.accounts.profile.fields import LOCALE
from idp.core.db import db
from idp.core.errors import FieldError, IdpError
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek
from idp.core.text import worded
from idp.oauth.models import ApiScope, CustomScope
from idp.oauth.protocol.claims import USER_CLAIMS
from idp.oauth.protocol.scopes import TOKEN, USER_SCOPES, is_account_scope
from idp.security import audit

MAX_NAME, MAX_CLAIMS, MAX_LANGUAGES, MOST = 255, 100, 50, 100
ADMINISTRATION = "admin:"
DOTS = frozenset({".", ".."})  # RFC 3986 §5.2.4: nobody could reach the scope


class InvalidScope(IdpError):
    """A scope that cannot be defined so; ``errors`` has each mistake."""

    code = "invalid_scope_definition"
    status = HTTPStatus.BAD_REQUEST
    title = "The scope cannot be saved."


class ScopeExists(IdpError):
    """A name that another scope has."""

    code = "scope_exists"
    status = HTTPStatus.CONFLICT
    title = "There is a scope of this name already."


class ScopeInUse(IdpError):
    """A scope that attributes are opened by."""

    code = "scope_in_use"
    status = HTTPStatus.CONFLICT
    title = "Attributes are opened by this scope: change them first."


class UnknownScope(IdpError):
    """There is no such scope."""

    code = "unknown_scope"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such scope."


@dataclass(frozen=True)
class ScopeDeclaration:
    """What an operator says of a scope value; ``description`` is by language tag."""

    name: str
    description: Mapping[str, str] = field(default_factory=dict)
    claims: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as it is declared."""
        said = asdict(self) | {"description": dict(self.description)}
        return said | {"claims": list(self.claims)}


def search_scopes(text: str, request: PageRequest) -> Page[ScopeDeclaration]:
    """Return one page of scopes by name; ``text`` is part of a name."""
    of = f"scopes:{text}"
    found = select(CustomScope)
    if text:
        found = found.where(CustomScope.name.icontains(text, autoescape=True))
    wanted = seek(found, Order((CustomScope.name,)), request=request, of=of)
    rows = [_declaration_of(row) for row in db.session.scalars(wanted)]
    return page_of(rows, request, of=of, position=lambda row: (row.name,))


def get_scope(name: str) -> ScopeDeclaration:
    """Return a scope, or raise UnknownScope."""
    return _declaration_of(_row_of(name))


def hold_scope(name: str) -> ScopeDeclaration:
    """Return a scope that nobody else changes now, or raise UnknownScope."""
    hold_definitions()
    return _declaration_of(_row_of(name))


def create_scope(wanted: ScopeDeclaration, *, by: str | None = None) -> None:
    """Define a scope; raises InvalidScope with every mistake, and ScopeExists.

    ``by`` is the admin, None for the operator of the machine.
    """
    names = _hold_scope_names()
    if len(names) >= MOST:
        hint = worded("there are at most %(most)s scopes", most=MOST)
        raise InvalidScope([FieldError("name", InvalidScope.code, hint)])
    _check(wanted, names_of_apis=_is_of_api(wanted.name))
    if wanted.name in names:
        hint = worded("another scope has it")
        raise ScopeExists([FieldError("name", ScopeExists.code, hint)])
    db.session.add(CustomScope(**wanted.as_json()))
    db.session.flush()
    audit.record(
        "scope.created", user_id=by, scope_name=wanted.name, after=wanted.as_json()
    )


def change_scope(wanted: ScopeDeclaration, *, by: str | None = None) -> bool:
    """Replace what is said of the scope of a name; tell whether that changes it.

    Apps are told the claims of it at once, also by what users allowed before. Raises
    InvalidScope and UnknownScope.
    """
    before = hold_scope(wanted.name)
    _check(wanted, names_of_apis=False)
    if before.as_json() == wanted.as_json():
        return False
    row = _row_of(wanted.name)
    row.description, row.claims = dict(wanted.description), list(wanted.claims)
    db.session.flush()
    was, now = before.as_json(), wanted.as_json()
    differing = [name for name in was if was[name] != now[name]]
    audit.record(
        "scope.changed",
        user_id=by,
        scope_name=wanted.name,
        before={name: was[name] for name in differing},
        after={name: now[name] for name in differing},
    )
    return True


def delete_scope(name: str, *, by: str | None = None) -> None:
    """Delete a scope: it opens nothing any more, wherever it was allowed.

    Clients that registered it keep its name. Raises UnknownScope and ScopeInUse.
    """
    held = hold_definitions().values()
    before = _declaration_of(_row_of(name))
    opened = [one.key for one in held if one.scope == name]
    if opened:
        hint = worded("opens %(keys)s", keys=", ".join(opened))
        raise ScopeInUse([FieldError("name", ScopeInUse.code, hint)])
    db.session.execute(delete(CustomScope).where(CustomScope.name == name))
    audit.record("scope.deleted", user_id=by, scope_name=name, before=before.as_json())


def _row_of(name: str) -> CustomScope:
    """Return the row of a scope as it is now."""
    of_name = select(CustomScope).where(CustomScope.name == name)
    fresh = of_name.execution_options(populate_existing=True)
    row = db.session.scalars(fresh).one_or_none()
    if row is None:
        raise UnknownScope
    return row


def _hold_scope_names() -> frozenset[str]:
    """Return the names of all scopes as they are, for a change."""
    hold_definitions()
    return frozenset(db.session.scalars(select(CustomScope.name)))


def _declaration_of(row: CustomScope) -> ScopeDeclaration:
    """Return a row as what was said."""
    return ScopeDeclaration(row.name, row.description, tuple(row.claims))


def _is_of_api(name: str) -> bool:
    """Tell whether a scope value means something at an API already."""
    of_name = select(ApiScope.name).where(ApiScope.name == name).limit(1)
    return db.session.scalar(of_name) is not None


def _check(wanted: ScopeDeclaration, *, names_of_apis: bool) -> None:
    """Raise InvalidScope with what is wrong; attributes are held."""
    claims = {one.claim for one in hold_definitions().values()}
    errors = [
        *_wrong_name(wanted.name, of_api=names_of_apis),
        *_wrong_description(wanted.description),
        *_wrong_claims(wanted.claims, {*USER_CLAIMS, *claims}),
    ]
    if errors:
        raise InvalidScope(errors)


def _wrong_name(name: str, *, of_api: bool) -> Iterator[FieldError]:
    """Yield why this cannot be a scope value about users."""
    if not TOKEN.fullmatch(name) or len(name) > MAX_NAME:
        yield _error("name", worded("is no scope value (RFC 6749 §3.3)"))
    elif name in DOTS:
        yield _error("name", worded("cannot stand in an address"))
    elif (
        name in USER_SCOPES or is_account_scope(name) or name.startswith(ADMINISTRATION)
    ):
        yield _error("name", worded("means something at this server itself"))
    elif of_api:
        yield _error("name", worded("means something at an API already"))


def _wrong_description(description: Mapping[str, str]) -> Iterator[FieldError]:
    """Yield why users cannot be asked in these words."""
    tagged = len(description) <= MAX_LANGUAGES and all(
        map(LOCALE.fullmatch, description)
    )
    if not tagged:
        hint = worded("must be text by language, like en or de-CH")
        yield _error("description", hint)
    elif not all(map(is_shown, description.values())):
        hint = worded("must be lines of 1 to %(most)s characters", most=MAX_NAME)
        yield _error("description", hint)


def _wrong_claims(
    claims: tuple[str, ...], known: set[str | None]
) -> Iterator[FieldError]:
    """Yield why a scope cannot open these."""
    if not 1 <= len(claims) <= MAX_CLAIMS or len(set(claims)) < len(claims):
        hint = worded("must be 1 to %(most)s different claims", most=MAX_CLAIMS)
        yield _error("claims", hint)
        return
    for name in claims:
        if name not in known:
            hint = worded("there is no claim %(name)s about users", name=repr(name))
            yield _error("claims", hint)


def _error(name: str, message: str) -> FieldError:
    """Return the error of one member."""
    return FieldError(name, InvalidScope.code, message)
