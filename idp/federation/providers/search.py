"""Finding providers in a list, page by page."""

from sqlalchemy import or_, select

from idp.core.db import db
from idp.core.paging import Page, PageRequest, Position, page_of
from idp.core.paging.seeking import Order, seek
from idp.federation.models import ProviderRow


def search_providers(text: str, request: PageRequest) -> Page[ProviderRow]:
    """Return one page in operators' order; ``text`` is part of a name or id."""
    of = f"providers:{text}"
    found = select(ProviderRow)
    if text:
        parts = (ProviderRow.name, ProviderRow.id)
        found = found.where(or_(*(p.icontains(text, autoescape=True) for p in parts)))
    in_order = Order((ProviderRow.position, ProviderRow.id), values=_values)
    rows = db.session.scalars(seek(found, in_order, request=request, of=of)).all()
    return page_of(
        rows, request, of=of, position=lambda row: (str(row.position), row.id)
    )


def _values(position: Position) -> tuple[int, str]:
    """Return what the columns are compared with."""
    place, provider_id = position
    return int(place), provider_id
