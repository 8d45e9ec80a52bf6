"""Fields of the pages about APIs: the shape of input, nothing more."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired

from idp.admin.by_language import language_lines, marked
from idp.admin.pages.client_forms import (
    LONGEST_LINE,
    LONGEST_TEXT,
    choices,
    codes,
    lines,
    seconds_in,
)
from idp.oauth.apis.registry import ApiDeclaration
from idp.oauth.apis.view import ACCESS_TOKEN_ALGS
from idp.web.forms import AtMost, PageForm

TOO_LONG = lazy_gettext("This is too long.")
SIGNED_BY = (("", lazy_gettext("As the app says")),)


class ApiForm(PageForm):
    """What an operator says of an API."""

    name = StringField(
        lazy_gettext("Name"),
        [
            DataRequired(lazy_gettext("Give the API a name.")),
            AtMost(LONGEST_LINE, TOO_LONG),
        ],
    )
    scopes = TextAreaField(lazy_gettext("Scopes"), [AtMost(LONGEST_TEXT, TOO_LONG)])
    signing_alg = SelectField(
        lazy_gettext("Signature of its access tokens"),
        choices=[*choices(SIGNED_BY), *codes(ACCESS_TOKEN_ALGS)],
    )
    access_token_seconds = StringField(
        lazy_gettext("Its access tokens last"), [AtMost(LONGEST_LINE, TOO_LONG)]
    )


class NewApiForm(ApiForm):
    """The same, with what it is to be called in requests."""

    identifier = StringField(
        lazy_gettext("Identifier"),
        [
            DataRequired(lazy_gettext("Give the address of the API.")),
            AtMost(LONGEST_LINE, TOO_LONG),
        ],
    )


class DeleteApiForm(PageForm):
    """Delete after typing the identifier."""

    confirmation = StringField(
        lazy_gettext("Identifier"), [AtMost(LONGEST_LINE, TOO_LONG)]
    )
    delete = HiddenField()


def declared_in(form: ApiForm) -> ApiDeclaration:
    """Return what a form declares; the rule says what is wrong with it."""
    return ApiDeclaration(
        name=(form.name.data or "").strip(),
        signing_alg=form.signing_alg.data or None,
        access_token_seconds=seconds_in(form.access_token_seconds.data),
        scopes=_scopes_in(form.scopes.data or ""),
    )


def scope_lines(scopes: Mapping[str, Mapping[str, str]]) -> str:
    """Return scopes as they are typed: a line for each, and for each language of it."""
    return "\n".join(
        line for name, words in scopes.items() for line in _lines_of(name, words)
    )


def _lines_of(name: str, words: Mapping[str, str]) -> list[str]:
    """Return the lines of one scope."""
    return [f"{name} {line}" for line in language_lines(words)] or [name]


def _scopes_in(text: str) -> dict[str, dict[str, str]]:
    """Read the lines of ``scope_lines``."""
    read: dict[str, dict[str, str]] = {}
    for line in lines(text):
        name, *rest = line.split(None, 1)
        described = read.setdefault(name, {})
        if rest:
            tag, words = marked(rest[0])
            described[tag] = words
    return read
