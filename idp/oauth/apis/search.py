"""Finding registered APIs in a long list, each with its scopes."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import or_, select

from idp.core.db import db
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek
from idp.oauth.models import Api, ApiScope


def search_apis(text: str, request: PageRequest) -> Page[Api]:
    """Return one page of APIs by name; ``text`` is part of a name or identifier."""
    of = f"apis:{text}"
    found = select(Api)
    if text:
        parts = (Api.name, Api.identifier)
        found = found.where(or_(*(p.icontains(text, autoescape=True) for p in parts)))
    by_name = Order((Api.name, Api.identifier))
    rows = db.session.scalars(seek(found, by_name, request=request, of=of)).all()
    return page_of(
        rows, request, of=of, position=lambda api: (api.name, api.identifier)
    )


def scopes_of(apis: Iterable[Api]) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Return the scope values of APIs with their descriptions, by the APIs' row ids."""
    scopes: dict[str, dict[str, Mapping[str, Any]]] = {api.id: {} for api in apis}
    of_these = select(ApiScope).where(ApiScope.api_id.in_(scopes))
    for row in db.session.scalars(of_these.order_by(ApiScope.name)):
        scopes[row.api_id][row.name] = row.description
    return scopes
