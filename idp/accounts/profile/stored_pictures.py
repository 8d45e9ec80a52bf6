"""Pictures of users that are served from here: their rows."""

from sqlalchemy import delete, select

from idp.accounts.models import UserPicture
from idp.core.db import db, table_of
from idp.core.pictures.addresses import own_picture_name

pictures = table_of(UserPicture)


def find_user_picture(name: str) -> bytes | None:
    """Return the content of the picture of this name, whoever has it."""
    found = select(UserPicture.content).where(UserPicture.name == name).limit(1)
    return db.session.scalar(found)


def keep_picture(user_id: str, name: str, *, content: bytes) -> None:
    """Store the picture of a user, who is held, in place of the one before."""
    row = db.session.get(UserPicture, user_id)
    if row is None:
        db.session.add(UserPicture(user_id=user_id, name=name, content=content))
    elif row.name != name:
        row.name, row.content = name, content
    db.session.flush()


def drop_unused_picture(user_id: str, uri: str | None) -> None:
    """Delete the picture of a user whose profile leads elsewhere now."""
    name = own_picture_name(uri)
    unused = delete(pictures).where(pictures.c.user_id == user_id)
    if name is not None:
        unused = unused.where(pictures.c.name != name)
    db.session.execute(unused)
