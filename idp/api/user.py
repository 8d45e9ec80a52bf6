"""A user as the JSON API shows them to themselves."""

from datetime import datetime

from idp.accounts.models import User
from idp.accounts.profile.attributes.written import attributes_of
from idp.accounts.sessions.proofs import asks_second_factor
from idp.web.json.models import Answer


class UserAnswer(Answer):
    """A person; ``id`` is the ``sub`` that apps know."""

    __qualname__ = "User"  # as the API document calls it

    id: str
    email: str
    email_verified: bool
    username: str | None
    name: str | None
    given_name: str | None
    middle_name: str | None
    family_name: str | None
    nickname: str | None
    profile: str | None
    picture: str | None
    website: str | None
    gender: str | None
    birthdate: str | None
    phone_number: str | None
    phone_number_verified: bool
    address: dict[str, str] | None
    locale: str | None
    zoneinfo: str | None
    attributes: dict[str, str | int | float | bool]
    status: str
    two_factor: bool
    created_at: datetime
    updated_at: datetime


COLUMNS = UserAnswer.model_fields.keys() - {
    "email_verified",
    "phone_number_verified",
    "two_factor",
    "attributes",
}


def user_answer(user: User) -> UserAnswer:
    """Return a user as the answer to a program."""
    return UserAnswer(
        **{name: getattr(user, name) for name in COLUMNS},
        email_verified=user.email_verified_at is not None,
        phone_number_verified=user.phone_number_verified_at is not None,
        attributes=attributes_of(user),
        two_factor=asks_second_factor(user.factors),
    )
