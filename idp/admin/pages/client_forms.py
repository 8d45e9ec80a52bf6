"""Fields of the pages about clients: the shape of input, nothing more."""

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from flask import request
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional, Regexp

from idp.core.errors import FieldError
from idp.core.text import as_number, without_ignorable
from idp.oauth.apis.view import ACCESS_TOKEN_ALGS
from idp.oauth.clients.metadata.members import AUTH_METHODS, ID_TOKEN_ALGS
from idp.oauth.clients.view import OrganizationUse
from idp.web.browser.reauth_form import reauth_form_values
from idp.web.browser.session import get_session
from idp.web.forms import AtMost, PageForm
from idp.web.words import message_of

F = TypeVar("F", bound=PageForm)

LONGEST_LINE = 2048
LONGEST_TEXT = 32 * 1024
CLIENT_ID = r"[A-Za-z0-9._~-]{1,255}"
DIGITS = re.compile(r"[0-9]{1,12}")
OVERLAPS = {
    "0": lazy_gettext("At once"),
    "3600": lazy_gettext("After an hour"),
    "86400": lazy_gettext("After a day"),
    "604800": lazy_gettext("After a week"),
    "": lazy_gettext("When I remove it"),
}
ORGANIZATIONS = {
    OrganizationUse.NONE: lazy_gettext("Nobody is asked for one"),
    OrganizationUse.OPTIONAL: lazy_gettext("People may choose one of theirs"),
    OrganizationUse.REQUIRED: lazy_gettext("People choose one of theirs"),
}
RETURNS_BY = {
    "loopback": lazy_gettext("A port of this device (desktop, command line)"),
    "scheme": lazy_gettext("A scheme of its own (mobile)"),
    "https": lazy_gettext("A web address that the app has claimed (mobile)"),
}


def choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Return values and their labels as WTForms wants them."""
    return [SelectChoice(value, label) for value, label in pairs]


def codes(names: Iterable[str]) -> list[SelectChoice]:
    """Return the same of codes, which no language changes."""
    return [named_so(name, name) for name in names]


def named_so(value: str, name: str) -> SelectChoice:
    """Return the choice of something that is called the same in every language."""
    return SelectChoice(value, name, {"lang": "en"})


def _trimmed(value: Any) -> Any:
    """Return a typed value without the white space that pasting leaves around it."""
    return value.strip() if isinstance(value, str) else value


def lines(text: str | None) -> list[str]:
    """Return what stands on the lines of a text area, each once."""
    found = (without_ignorable(line).strip() for line in (text or "").splitlines())
    return list(dict.fromkeys(line for line in found if line))


def seconds_in(text: str | None) -> Any:
    """Return a typed number of seconds; the rule says what is wrong with other text."""
    typed = as_number(text or "")
    return (int(typed) if DIGITS.fullmatch(typed) else typed) if typed else None


def _line(label: Any, *validators: Any, **options: Any) -> StringField:
    """Return a field of one line."""
    too_long = AtMost(LONGEST_LINE, lazy_gettext("This is too long."))
    return StringField(label, [*validators, too_long], filters=[_trimmed], **options)


def _text(label: Any, **options: Any) -> TextAreaField:
    """Return a field of several lines."""
    too_long = AtMost(LONGEST_TEXT, lazy_gettext("This is too long."))
    return TextAreaField(label, [too_long], **options)


def open_form(kind: type[F], **values: Any) -> F:
    """Return a form as it was sent, as it was held, or with the present values."""
    held = reauth_form_values(get_session()) if request.method == "GET" else {}
    return kind(formdata=MultiDict(held), data=values) if held else kind(data=values)


def show_errors(form: PageForm, errors: Iterable[FieldError]) -> None:
    """Put what a rule refused beside its field; the rest on top of the form."""
    for error in errors:
        if error.field in form:
            field = form[error.field]
            field.errors = [*field.errors, message_of(error)]
        else:
            said = message_of(error)
            form.form_errors.append(f"{error.field}: {said}" if error.message else said)


class ReviewForm(PageForm):
    """The last page before a client is registered.

    ``spare_id`` is its id where none is typed, and makes sending it twice harmless.
    """

    spare_id = HiddenField(validators=[Optional(), Regexp("[0-9a-f]{32}$")])
    client_name = _line(
        lazy_gettext("Name"), DataRequired(lazy_gettext("Give the app a name."))
    )
    client_id = _line(
        lazy_gettext("Client ID"),
        Optional(),
        Regexp(
            f"{CLIENT_ID}$",
            message=lazy_gettext("Use letters, digits and . _ ~ - only."),
        ),
    )
    redirect_uris = _text(lazy_gettext("Redirect URIs"))
    post_logout_redirect_uris = _text(lazy_gettext("Addresses after sign-out"))
    scope = _line(lazy_gettext("Scopes"))


class SettingsForm(PageForm):
    """What can be changed of a client without knowing its metadata by heart."""

    client_name = _line(
        lazy_gettext("Name"), DataRequired(lazy_gettext("Give the app a name."))
    )
    redirect_uris = _text(lazy_gettext("Redirect URIs"))
    post_logout_redirect_uris = _text(lazy_gettext("Addresses after sign-out"))
    allowed_origins = _text(lazy_gettext("Further origins of its pages"))
    token_endpoint_auth_method = SelectField(
        lazy_gettext("Client authentication"),
        choices=codes(AUTH_METHODS),
    )
    initiate_login_uri = _line(lazy_gettext("Start page of the app"))
    backchannel_logout_uri = _line(lazy_gettext("Back-channel logout address"))
    frontchannel_logout_uri = _line(lazy_gettext("Front-channel logout address"))
    refresh = BooleanField(lazy_gettext("Refresh tokens"))
    require_pkce = BooleanField(lazy_gettext("Require PKCE"))
    claims_in_id_token = BooleanField(lazy_gettext("Claims in the ID token"))
    access_token_seconds = _line(lazy_gettext("Access tokens last"))
    id_token_seconds = _line(lazy_gettext("ID tokens last"))
    refresh_idle_seconds = _line(lazy_gettext("Refresh tokens last unused"))
    refresh_lifetime_seconds = _line(lazy_gettext("Refresh tokens last at most"))
    id_token_signed_response_alg = SelectField(
        lazy_gettext("Signature of ID tokens"), choices=codes(ID_TOKEN_ALGS)
    )
    access_token_signed_response_alg = SelectField(
        lazy_gettext("Signature of access tokens"), choices=codes(ACCESS_TOKEN_ALGS)
    )


class MetadataForm(PageForm):
    """All metadata of a client as JSON."""

    metadata = _text(lazy_gettext("Metadata"))


class SecretForm(PageForm):
    """Make a new secret; ``secret_id`` makes sending it twice harmless."""

    secret_id = HiddenField(validators=[Regexp("[0-9a-f]{32}$")])
    overlap = SelectField(
        lazy_gettext("The present secret ends"), choices=choices(OVERLAPS.items())
    )


class RemoveSecretForm(PageForm):
    """Which secret to end."""

    remove = HiddenField()


class BrandingForm(PageForm):
    """How a client looks, and the pages and people behind it."""

    colour = _line(lazy_gettext("Colour"))
    logo = FileField(lazy_gettext("Logo"))
    remove_logo = BooleanField(lazy_gettext("Remove the logo"))
    dark_logo = FileField(lazy_gettext("Logo on dark pages"))
    remove_dark_logo = BooleanField(lazy_gettext("Remove the logo on dark pages"))
    client_uri = _line(lazy_gettext("Home page"))
    policy_uri = _line(lazy_gettext("Privacy policy"))
    tos_uri = _line(lazy_gettext("Terms of service"))
    contacts = _text(lazy_gettext("Support addresses"))


class ClientConsentForm(PageForm):
    """What a client may ask for, and whether people are asked."""

    scopes = SelectMultipleField(lazy_gettext("Scopes"), validate_choice=False)
    optional = SelectMultipleField(
        lazy_gettext("People may leave it out"), validate_choice=False
    )
    scope = _line(lazy_gettext("Other scopes"))
    optional_scope = _line(lazy_gettext("Other scopes that people may leave out"))
    apis = SelectMultipleField(lazy_gettext("APIs"), validate_choice=False)
    organization = SelectField(
        lazy_gettext("Organizations"),
        choices=choices(ORGANIZATIONS.items()),
        validate_choice=False,
    )
    first_party = BooleanField(lazy_gettext("One of our own apps"))


class DangerForm(PageForm):
    """Turn off, turn on, or delete after typing the id."""

    action = HiddenField()
    confirmation = _line(lazy_gettext("Client ID"))


class QueryForm(PageForm):
    """A form that is sent by GET: it changes nothing and needs no token."""

    class Meta(PageForm.Meta):
        """Leave the token out of the address."""

        csrf = False


class AppForm(QueryForm):
    """What the wizard asks about every app."""

    client_name = _line(
        lazy_gettext("Name"), DataRequired(lazy_gettext("Give the app a name."))
    )


class WebAppForm(AppForm):
    """What it asks about an app with a web address."""

    framework = SelectField(lazy_gettext("Framework or product"))
    base_url = _line(
        lazy_gettext("Address of the app"),
        DataRequired(lazy_gettext("Give the address, like https://app.example.")),
    )
    refresh = BooleanField(lazy_gettext("Keep people signed in by refresh tokens"))


class NativeAppForm(AppForm):
    """What it asks about an app on people's devices (RFC 8252 §7)."""

    returns_by = RadioField(
        lazy_gettext("How does the browser come back to the app?"),
        choices=choices(RETURNS_BY.items()),
    )
    scheme = _line(lazy_gettext("Scheme"))
    base_url = _line(lazy_gettext("Claimed web address"))
    refresh = BooleanField(lazy_gettext("Keep people signed in by refresh tokens"))


class MachineForm(AppForm):
    """What it asks about a program that acts for itself."""

    scope = _line(lazy_gettext("Scopes"))
