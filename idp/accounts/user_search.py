"""Finding people in a long list."""

from sqlalchemy import or_, select

from idp.accounts.models import User
from idp.core.db import db
from idp.core.paging import Page, PageRequest, page_of


def search(text: str, request: PageRequest) -> Page[User]:
    """Return one page of users by address.

    ``text`` is part of an address, username or name, or a whole id; empty for all.
    """
    of = f"users:{text}"
    found = select(User).order_by(User.email_key).limit(request.limit + 1)
    if text:
        parts = (User.email, User.username, User.name)
        named = [part.icontains(text, autoescape=True) for part in parts]
        found = found.where(or_(User.id == text, *named))
    after = request.after(of)
    if after:
        found = found.where(User.email_key > after[0])
    rows = db.session.scalars(found).all()
    return page_of(rows, request, of=of, position=lambda user: (user.email_key,))
