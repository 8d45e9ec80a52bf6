"""Fields of the pages about policies: a control for each kind of value."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice

from idp.accounts.policies.keys import HIDDEN, OPTIONAL, REQUIRED, PolicyKey
from idp.accounts.policies.kinds import (
    Allowed,
    Choice,
    Domains,
    FieldModes,
    Flag,
    Ids,
    IntegerLimit,
    ValueKind,
)
from idp.accounts.profile.attributes.registry import definitions
from idp.accounts.profile.fields import FIELDS
from idp.administration.policies import PolicyState
from idp.core.errors import FieldError
from idp.core.settings.values import Unreadable
from idp.web.forms import AtMost, PageForm
from idp.web.i18n import page_lang
from idp.web.policies.choices import Choices
from idp.web.user_fields.controls import label_of

MODE_WORDS = {
    REQUIRED: lazy_gettext("Has to be given"),
    OPTIONAL: lazy_gettext("Asked for at sign-up"),
    HIDDEN: lazy_gettext("Hidden from users"),
}
UNDECIDED = SelectChoice("", lazy_gettext("Not decided here"))
AS_IT_IS = {"lang": "en"}  # a code is the same in every language
LONGEST_LINE = 2048
FLAGS = (("true", lazy_gettext("Yes")), ("false", lazy_gettext("No")))
WHOLE_NUMBERS = {
    "seconds": lazy_gettext("Enter a whole number of seconds, %(least)s to %(most)s."),
    "sessions": lazy_gettext(
        "Enter a whole number of sessions, %(least)s to %(most)s."
    ),
    "days": lazy_gettext("Enter a whole number of days, %(least)s to %(most)s."),
}
TOO_LONG = lazy_gettext("This is too long.")
TICKED = "."
OTHERS = "others"


def form_of(
    states: Iterable[PolicyState], choices: Mapping[str, Choices]
) -> type[PageForm]:
    """Return the form of what can be decided in a place.

    ``version`` is the state that was shown; ``choices`` are what keys of ids may name.
    """
    fields: dict[str, Field] = {"version": HiddenField()}
    for state in states:
        if state.source is not None:
            continue
        if state.key.name in choices:
            fields |= _boxes_of(state.key, choices[state.key.name])
        else:
            fields |= _fields_of(state.key)
    return type("PolicyForm", (PageForm,), fields)


def present_values(states: Iterable[PolicyState]) -> dict[str, Any]:
    """Return what the fields hold of what is decided now."""
    shown: dict[str, Any] = {}
    for state in states:
        value = state.row.value if state.row else None
        if isinstance(state.key.kind, Allowed):
            ticks = {_tick(state.key, name): True for name in value or ()}
            shown |= ticks
        elif isinstance(state.key.kind, FieldModes):
            modes = {_tick(state.key, name): m for name, m in (value or {}).items()}
            shown |= dict.fromkeys(modes_of(state.key), "") | modes
        elif isinstance(state.key.kind, Ids):
            shown[state.key.name] = list(value or ())
        else:
            shown[state.key.name] = _text_of(value)
    return shown


def typed_values(
    form: PageForm, states: Iterable[PolicyState]
) -> tuple[dict[str, Any], list[FieldError]]:
    """Return what a form holds otherwise than it is, None for undecided, and mistakes.

    What stands as it was is decided by nobody anew.
    """
    values, errors = {}, []
    for state in states:
        if state.source is not None:
            continue
        try:
            value = _typed_value(form, state.key)
        except Unreadable:
            wanted = values_of(state.key.kind)
            errors.append(FieldError(state.key.name, "invalid", wanted))
            continue
        if value != (state.row.value if state.row else None):
            values[state.key.name] = value
    return values, errors


def values_of(kind: ValueKind[Any]) -> str:
    """Say which values there are, to who types one."""
    if isinstance(kind, Domains):
        return str(gettext("Enter domains like example.com, with commas between."))
    if isinstance(kind, Ids):
        return str(gettext("Enter IDs that exist, with commas between."))
    if not isinstance(kind, IntegerLimit):
        return str(gettext("This value can’t be used."))
    bounds = {"least": kind.minimum, "most": kind.maximum}
    return str(WHOLE_NUMBERS[kind.unit]) % bounds


def ticks_of(key: PolicyKey[Any]) -> list[str]:
    """Return the names of the boxes of a key, if it has boxes."""
    names = key.kind.names if isinstance(key.kind, Allowed) else ()
    return [_tick(key, name) for name in names]


def modes_of(key: PolicyKey[Any]) -> list[str]:
    """Return the names of the controls of a key about fields: one for each."""
    if not isinstance(key.kind, FieldModes):
        return []
    return [_tick(key, name) for name in (*FIELDS, *definitions())]


def others_of(key: PolicyKey[Any]) -> str:
    """Return the name of the line for what has no box."""
    return _tick(key, OTHERS)


def modes_in_words(modes: Mapping[str, str]) -> str:
    """Return what is asked of fields, for people."""
    return ", ".join(f"{_label(name)}: {MODE_WORDS[m]}" for name, m in modes.items())


def _fields_of(key: PolicyKey[Any]) -> Mapping[str, Field]:
    """Return the control of a key, or a box for each name that it may allow."""
    title = gettext(key.title)
    match key.kind:
        case Choice(names=names):
            named = [SelectChoice(name, name, AS_IT_IS) for name in names]
            return {key.name: SelectField(title, choices=[UNDECIDED, *named])}
        case Flag():
            flags = [SelectChoice(value, word) for value, word in FLAGS]
            return {key.name: SelectField(title, choices=[UNDECIDED, *flags])}
        case Allowed(names=names):
            return {_tick(key, name): BooleanField(name) for name in names}
        case FieldModes():
            return dict(_mode_controls(key))
    return {key.name: StringField(title, [AtMost(LONGEST_LINE, TOO_LONG)])}


def _boxes_of(key: PolicyKey[Any], choices: Choices) -> Mapping[str, Field]:
    """Return boxes for what a key of ids may name, and a line for what is not shown.

    What is gone meanwhile is for the rule to refuse.
    """
    named = [SelectChoice(each, name) for each, name in choices.names.items()]
    fields: dict[str, Field] = {
        key.name: SelectMultipleField(
            gettext(key.title), choices=named, validate_choice=False
        )
    }
    if choices.more:
        label = lazy_gettext("Others, by their IDs")
        fields[others_of(key)] = StringField(label, [AtMost(LONGEST_LINE, TOO_LONG)])
    return fields


def _mode_controls(key: PolicyKey[Any]) -> Iterator[tuple[str, Field]]:
    """Yield a choice for each field of profiles, and for each attribute."""
    modes = [
        UNDECIDED,
        *(SelectChoice(mode, word) for mode, word in MODE_WORDS.items()),
    ]
    for control in modes_of(key):
        label = _label(control.partition(TICKED)[2])
        yield control, SelectField(label, choices=modes)


def _label(name: str) -> str:
    """Return what a field is called; an attribute that is gone by its key."""
    known = definitions()
    if name in known:
        return known[name].label_in(page_lang())
    return label_of(name) if name in FIELDS else name


def _tick(key: PolicyKey[Any], name: str) -> str:
    """Return the name of the box of one name."""
    return f"{key.name}{TICKED}{name}"


def _typed_value(form: PageForm, key: PolicyKey[Any]) -> Any:
    """Return what was chosen for a key, None for nothing; raises Unreadable."""
    if isinstance(key.kind, Ids):
        typed = _typed_ids(form, key)
        return key.kind.parse(typed) if typed else None
    text = _typed_text(form, key)
    return key.kind.from_text(text) if text else None


def _typed_ids(form: PageForm, key: PolicyKey[Any]) -> list[str]:
    """Return the ids that were ticked, and those that were typed."""
    others = form[others_of(key)].data if others_of(key) in form else ""
    typed = key.kind.from_text(others) if others and others.strip() else ()
    return [*(form[key.name].data or ()), *typed]


def _typed_text(form: PageForm, key: PolicyKey[Any]) -> str:
    """Return what was chosen for a key, as text; empty for nothing."""
    boxes = ticks_of(key)
    if boxes:
        ticked = [box.partition(TICKED)[2] for box in boxes if form[box].data]
        return ",".join(ticked)
    if isinstance(key.kind, FieldModes):
        chosen = {c.partition(TICKED)[2]: form[c].data for c in modes_of(key)}
        return ",".join(f"{name}={mode}" for name, mode in chosen.items() if mode)
    return (form[key.name].data or "").strip()


def _text_of(value: Any) -> str:
    """Return a value as its control holds it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)
