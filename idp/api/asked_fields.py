"""Which fields are asked of a user, as programs are told."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from idp.accounts.profile.attributes.definitions import AttributeType
from idp.accounts.profile.attributes.registry import definitions
from idp.accounts.profile.rules import is_attribute
from idp.web.i18n import page_lang
from idp.web.json.models import Answer, left_out
from idp.web.user_fields.controls import ADDRESS, label_of

MISSING = left_out(
    "What the user has to give, by name, of attributes the key: PATCH "
    "`/account/profile` takes it. Until then the user gets to no app; left out where "
    "nothing is missing"
)


class AskedField(Answer):
    """A field of the profile, or an attribute, which goes into `attributes` by its key.

    `label` is in the language of the request.
    """

    name: str
    attribute: bool
    label: str
    type: Literal["text", "number", "boolean", "date", "choice", "address"]
    choices: list[str] | None = left_out("Of the type `choice`")
    required: bool = Field(description="Whether it cannot be left out")


def asked_field(
    name: str, *, required: bool, names: Mapping[str, str] | None = None
) -> AskedField:
    """Return a field as it is asked for; ``names`` are those that a route has."""
    if not is_attribute(name):
        return AskedField(
            name=(names or {}).get(name, name),
            attribute=False,
            label=label_of(name),
            type="address" if name == ADDRESS else "text",
            required=required,
        )
    definition = definitions()[name]
    chosen = definition.type == AttributeType.CHOICE
    return AskedField(
        name=name,
        attribute=True,
        label=definition.label_in(page_lang()),
        type=AttributeType(definition.type).value,
        choices=list(definition.choices) if chosen else None,
        required=required,
    )
