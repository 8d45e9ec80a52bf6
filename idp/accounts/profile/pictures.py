"""The picture of a user: one that was sent is kept and served here."""

from idp.accounts.errors import InvalidInput
from idp.accounts.models import User
from idp.accounts.profile.rules import FieldRules, hidden_errors, required_errors
from idp.accounts.profile.stored_pictures import (
    drop_unused_picture,
    keep_picture,
)
from idp.accounts.users import hold_user
from idp.core.db import begin_writing
from idp.core.errors import FieldError
from idp.core.pictures.addresses import picture_uri
from idp.core.pictures.names import file_name
from idp.core.pictures.portraits import read_portrait
from idp.security import audit
from idp.security.ratelimit.budgets import PICTURE

FIELD = "picture"


def set_picture(user: User, upload: bytes, *, rules: FieldRules) -> None:
    """Give a user a picture made of what was sent; the claim leads to it.

    Raises PictureRefused, InvalidInput where users have none, and RateLimited.
    """
    _refuse([*hidden_errors([FIELD], rules)])
    PICTURE.meter(user.id).count()
    content = read_portrait(upload)
    name = file_name(content, extension="webp")
    begin_writing()
    hold_user(user.id)
    keep_picture(user.id, name, content=content)
    _lead_to(user, picture_uri(name))


def remove_picture(user: User, *, rules: FieldRules) -> None:
    """Take the picture of a user away, also one that lies elsewhere.

    Raises InvalidInput where users have none, or have to have one.
    """
    needed = [FIELD] if FIELD in rules.required else []
    _refuse([*hidden_errors([FIELD], rules), *required_errors(needed)])
    begin_writing()
    hold_user(user.id)
    drop_unused_picture(user.id, None)
    _lead_to(user, None)


def _refuse(errors: list[FieldError]) -> None:
    """Raise InvalidInput where there are any."""
    if errors:
        raise InvalidInput(errors)


def _lead_to(user: User, uri: str | None) -> None:
    """Have the profile lead to a picture, or to none."""
    if user.picture != uri:
        user.picture = uri
        audit.record("profile.changed", user_id=user.id, fields=[FIELD])
