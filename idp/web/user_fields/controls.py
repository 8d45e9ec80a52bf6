"""The controls of forms for fields of users: those of every profile, and attributes.

A control has the name of its field; that of an attribute is ``attributes.KEY``, as in
the errors of rules.
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from flask_babel import LazyString, gettext, lazy_gettext
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from idp.accounts.profile.attributes.definitions import AttributeType, Definition
from idp.accounts.profile.attributes.registry import definitions
from idp.accounts.profile.attributes.values import FIELD as ATTRIBUTES
from idp.accounts.profile.attributes.values import MAX_VALUE_BYTES
from idp.accounts.profile.fields import FIELDS
from idp.accounts.profile.rules import is_attribute
from idp.accounts.profile.web_addresses import MAX_LENGTH
from idp.core.errors import FieldError
from idp.web.forms import LONGEST_LINE, AtMost, PageForm, trimmed
from idp.web.i18n import languages_by_name, page_lang
from idp.web.user_fields.dates import DayOrYearField

ADDRESS, LOCALE, BIRTHDATE = "address", "locale", "birthdate"
ADDRESS_PARTS = ("street_address", "postal_code", "locality", "region", "country")
YES, NO = "true", "false"


LABELS: Mapping[str, LazyString] = {
    "name": lazy_gettext("Name"),
    "given_name": lazy_gettext("Given name"),
    "middle_name": lazy_gettext("Middle name"),
    "family_name": lazy_gettext("Family name"),
    "nickname": lazy_gettext("Nickname"),
    "username": lazy_gettext("Username"),
    "profile": lazy_gettext("Profile page"),
    "picture": lazy_gettext("Link to a picture"),
    "website": lazy_gettext("Website"),
    "gender": lazy_gettext("Gender"),
    BIRTHDATE: lazy_gettext("Birthdate"),
    "phone_number": lazy_gettext("Phone number"),
    ADDRESS: lazy_gettext("Address"),
    "street_address": lazy_gettext("Street address"),
    "locality": lazy_gettext("City"),
    "region": lazy_gettext("State or region"),
    "postal_code": lazy_gettext("Postal code"),
    "country": lazy_gettext("Country"),
    LOCALE: lazy_gettext("Language"),
    "zoneinfo": lazy_gettext("Time zone"),
}
LONG = ("profile", "picture", "website")
KINDS: Mapping[str, type[StringField]] = {
    "street_address": TextAreaField,
    BIRTHDATE: DayOrYearField,
}


def control_names(name: str) -> tuple[str, ...]:
    """Return the controls of a field: an address has one for each part."""
    if is_attribute(name):
        return (f"{ATTRIBUTES}.{name}",)
    return ADDRESS_PARTS if name == ADDRESS else (name,)


def label_of(name: str) -> str:
    """Return what a field of every profile is called."""
    return str(LABELS[name])


def controls_of(
    names: Iterable[str],
    *,
    needed: Collection[str] = (),
    stored: Mapping[str, Any] | None = None,
) -> dict[str, Field]:
    """Return the controls of some fields by their names, for a class of forms.

    ``stored`` is what there is by name, None before there is anything: one that is no
    choice any more stays one, and what is not ``needed`` can be taken back.
    """
    known, held = definitions(), stored or {}
    controls: dict[str, Field] = {}
    for name in names:
        if name == LOCALE:
            controls[name] = _language(held.get(name))
        elif not is_attribute(name):
            controls |= {one: _standard(one) for one in control_names(name)}
        elif name in known:
            (control,) = control_names(name)
            retractable = stored is not None and name not in needed
            controls[control] = _control_of(
                known[name], held.get(name), retractable=retractable
            )
    return controls


def told_in(form: PageForm) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a form says: fields of a profile by name, attributes by key.

    What it has no control for is left out.
    """
    fields: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    known = definitions()
    for name in (*FIELDS, *known):
        said = {c: form[c].data for c in control_names(name) if c in form}
        if not said:
            continue
        if is_attribute(name):
            (text,) = said.values()
            attributes[name] = _typed_value(known[name], text)
        else:
            fields[name] = said if name == ADDRESS else said[name]
    return fields, attributes


def as_control_error(error: FieldError) -> FieldError:
    """Return a mistake under the name of its control: an address has several."""
    if error.field == ADDRESS:
        return replace(error, field=ADDRESS_PARTS[0])
    return replace(error, field=error.field.removeprefix(f"{ADDRESS}."))


def shown_values(
    fields: Mapping[str, Any], attributes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return values as their controls hold them, by the names of those."""
    parts = fields.get(ADDRESS) or {}
    of_attributes = {
        control: _shown_value(value)
        for key, value in attributes.items()
        for control in control_names(key)
    }
    return {**fields, **parts, **of_attributes}


def _shown_value(value: Any) -> str:
    """Return the value of an attribute as its control holds it."""
    if isinstance(value, bool):
        return YES if value else NO
    return "" if value is None else str(value)


def _typed_value(definition: Definition, text: str | None) -> Any:
    """Return what a control says; what is no number is for the rule to refuse."""
    if not text:
        return None
    if definition.type == AttributeType.BOOLEAN:
        return {YES: True, NO: False}.get(text, text)
    if definition.type == AttributeType.NUMBER:
        return _number_in(text)
    return text


def _standard(name: str) -> Field:
    """Return the control of a field of every profile, or of a part of an address."""
    kind = KINDS.get(name, StringField)
    most = MAX_LENGTH if name in LONG else LONGEST_LINE
    return kind(LABELS[name], [_limit(most)], filters=[trimmed])


def _limit(most: int) -> AtMost:
    """Bound what the rules have to look at."""
    return AtMost(most, lazy_gettext("This is too long."))


def _control_of(definition: Definition, held: Any, *, retractable: bool) -> Field:
    """Return the control of an attribute, named in the language of the page."""
    label = definition.label_in(page_lang())
    match definition.type:
        case AttributeType.BOOLEAN:
            answers = [(YES, gettext("Yes")), (NO, gettext("No"))]
            answers += [("", gettext("Not set"))] if retractable else []
            choices = [SelectChoice(value, word) for value, word in answers]
            return RadioField(label, choices=choices, default="", validate_choice=False)
        case AttributeType.CHOICE:
            kept = [] if held is None or held in definition.choices else [held]
            listed = map(SelectChoice, (*definition.choices, *kept))
            none = gettext("Not set") if retractable else gettext("Choose")
            choices = [SelectChoice("", none), *listed]
            return SelectField(label, choices=choices, validate_choice=False)
        case AttributeType.NUMBER:
            as_number = {"type": "number", "step": "any", "inputmode": "decimal"}
            return _text(label, **as_number)
        case AttributeType.DATE:
            return _text(label, type="date")
    return _text(label)


def _text(label: str, **attributes: str) -> Field:
    """Return a line to type; of a certain ``type`` it runs from left to right."""
    shown = {**attributes, "dir": "ltr"} if attributes else {}
    return StringField(
        label, [_limit(MAX_VALUE_BYTES)], filters=[trimmed], render_kw=shown
    )


def _language(held: str | None) -> Field:
    """Return a choice of the languages that there are pages in, and the one held."""
    named = languages_by_name()
    choices = [SelectChoice("", gettext("Not set"))]
    choices += [SelectChoice(tag, name, {"lang": tag}) for tag, name in named.items()]
    if held and held not in named:
        choices.append(SelectChoice(held, held))
    return SelectField(LABELS[LOCALE], choices=choices, validate_choice=False)


def _number_in(text: str) -> int | float | str:
    """Return the number that a text is; browsers mark its decimals by a point."""
    kinds: tuple[type[int], type[float]] = (int, float)
    for kind in kinds:
        with suppress(ValueError):
            return kind(text)
    return text
