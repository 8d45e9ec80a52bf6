"""Attributes in a list, page by page."""

from sqlalchemy import or_, select

from idp.accounts.models import Attribute
from idp.accounts.profile.attributes.definitions import Definition
from idp.accounts.profile.attributes.registry import definition_of
from idp.core.db import db
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek


def search_attributes(text: str, request: PageRequest) -> Page[Definition]:
    """Return one page of attributes by key; ``text`` is part of a key or claim."""
    of = f"attributes:{text}"
    found = select(Attribute)
    if text:
        parts = (Attribute.key, Attribute.claim)
        found = found.where(or_(*(p.icontains(text, autoescape=True) for p in parts)))
    wanted = seek(found, Order((Attribute.key,)), request=request, of=of)
    rows = [definition_of(row) for row in db.session.scalars(wanted)]
    return page_of(rows, request, of=of, position=lambda row: (row.key,))
