"""Fields of these pages: the shape of input, nothing more."""

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext
from wtforms import (
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from idp.accounts.profile.attributes.definitions import (
    AttributeType,
    Definition,
    Editor,
    RequiredAt,
)
from idp.admin.by_language import language_lines, marked
from idp.admin.pages.client_forms import LONGEST_LINE, LONGEST_TEXT, lines
from idp.admin.pages.client_forms import choices as pairs
from idp.oauth.custom_scopes.registry import ScopeDeclaration
from idp.web.forms import AtMost, PageForm

TOO_LONG = lazy_gettext("This is too long.")
TYPES = {
    AttributeType.TEXT: lazy_gettext("A line of text"),
    AttributeType.NUMBER: lazy_gettext("A number"),
    AttributeType.BOOLEAN: lazy_gettext("Yes or no"),
    AttributeType.DATE: lazy_gettext("A day"),
    AttributeType.CHOICE: lazy_gettext("One of several choices"),
}
EDITORS = {
    Editor.USER: lazy_gettext("People and operators"),
    Editor.ADMIN: lazy_gettext("Operators alone"),
}
MOMENTS = {
    RequiredAt.NEVER: lazy_gettext("Never"),
    RequiredAt.REGISTER: lazy_gettext("At sign-up"),
    RequiredAt.SIGN_IN: lazy_gettext("At sign-up and sign-in"),
}


def _trimmed(value: Any) -> Any:
    """Return a typed value without the white space that pasting leaves around it."""
    return value.strip() if isinstance(value, str) else value


def _line(label: Any) -> StringField:
    """Return a field of one line."""
    too_long = AtMost(LONGEST_LINE, TOO_LONG)
    return StringField(label, [too_long], filters=[_trimmed])


def _text(label: Any) -> TextAreaField:
    """Return a field of several lines."""
    return TextAreaField(label, [AtMost(LONGEST_TEXT, TOO_LONG)])


class AttributeForm(PageForm):
    """What an operator says of an attribute."""

    label = _text(lazy_gettext("What people read"))
    choices = _text(lazy_gettext("Choices"))
    editable_by = SelectField(
        lazy_gettext("Who writes it"), choices=pairs(EDITORS.items())
    )
    required_at = SelectField(
        lazy_gettext("When people have to say it"), choices=pairs(MOMENTS.items())
    )
    claim = _line(lazy_gettext("Claim"))
    scope = SelectField(lazy_gettext("Scope that opens the claim"))


class NewAttributeForm(AttributeForm):
    """The same, with what stays as it is made."""

    key = _line(lazy_gettext("Key"))
    type = SelectField(lazy_gettext("Type"), choices=pairs(TYPES.items()))


class ScopeForm(PageForm):
    """What an operator says of a scope about users."""

    description = _text(lazy_gettext("What people are asked"))
    claims = SelectMultipleField(
        lazy_gettext("What it tells apps"), validate_choice=False
    )


class NewScopeForm(ScopeForm):
    """The same, with its name."""

    name = _line(lazy_gettext("Name"))


class DeletionForm(PageForm):
    """Delete after typing what it is called; ``act`` is the button."""

    confirmation = _line(lazy_gettext("Type it to confirm"))
    act = HiddenField()


def attribute_in(form: AttributeForm, present: Definition) -> Definition:
    """Return what a form makes of an attribute; the rule says what is wrong with it."""
    return replace(
        present,
        label=_words_in(form.label.data) or None,
        choices=tuple(lines(form.choices.data)),
        claim=form.claim.data or None,
        scope=form.scope.data or None,
        editable_by=form.editable_by.data,
        required_at=form.required_at.data,
    )


def attribute_values(present: Definition) -> dict[str, Any]:
    """Return an attribute as the fields have it."""
    return present.as_json() | {
        "label": "\n".join(language_lines(present.labels)),
        "choices": "\n".join(present.choices),
        "claim": present.claim or "",
        "scope": present.scope or "",
    }


def scope_in(form: ScopeForm, name: str) -> ScopeDeclaration:
    """Return what a form makes of a scope; the rule says what is wrong with it."""
    claims = tuple(dict.fromkeys(form.claims.data or ()))
    return ScopeDeclaration(name, _words_in(form.description.data), claims)


def scope_values(present: ScopeDeclaration) -> dict[str, Any]:
    """Return a scope as the fields have it."""
    said = "\n".join(language_lines(present.description))
    return {"description": said, "claims": list(present.claims)}


def _words_in(text: str | None) -> dict[str, str]:
    """Read a line for each language."""
    return dict(map(marked, lines(text)))
