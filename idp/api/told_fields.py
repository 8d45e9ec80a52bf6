"""What somebody tells of themselves with a sign-up, beside address and password.

Which of it has to be told is for policies and attributes to say, what may for rules.
"""

from typing import Any

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from idp.accounts.profile.fields import FIELDS
from idp.api.fields import Attributes, Line, WebAddress
from idp.web.json.models import Body


class ToldFields(Body):
    """Fields of a profile, as `/account/profile` has them."""

    name: Line | None = None
    given_name: Line | None = None
    middle_name: Line | None = None
    family_name: Line | None = None
    nickname: Line | None = None
    username: Line | None = None
    profile: WebAddress | None = None
    picture: WebAddress | None = None
    website: WebAddress | None = None
    gender: Line | None = None
    birthdate: Line | None = None
    phone_number: Line | None = None
    address: dict[str, str | None] | None = None
    locale: Line | None = None
    zoneinfo: Line | None = None
    attributes: Attributes = Field(default={})

    def told(self) -> dict[str, Any]:
        """Return the fields that say something, by name."""
        fields = {name: getattr(self, name) for name in FIELDS}
        return {name: value for name, value in fields.items() if value is not None}


class ToldFieldsOfSession(ToldFields):
    """The same in the names of the session-status routes."""

    model_config = ConfigDict(alias_generator=to_camel)

    given_name: Line | None = Field(None, alias="firstName")
    family_name: Line | None = Field(None, alias="lastName")


NAMES_OF_SESSION = {"accept_terms": "acceptTerms"} | {
    name: field.alias or name
    for name, field in ToldFieldsOfSession.model_fields.items()
}
