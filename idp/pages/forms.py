"""Fields of the account pages: the shape of input, nothing more.

The attributes that browsers and password managers read are in components/forms.html.
"""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, ValidationError

from idp.accounts.names import as_meant
from idp.accounts.registration.waitlist.places import LONGEST_NOTE
from idp.core.errors import FieldError
from idp.core.hashing import MAX_PASSWORD_CHARACTERS, too_long
from idp.core.text import in_one_piece
from idp.pages.terms_field import TermsForm
from idp.web.forms import PageForm, line_limit, trimmed
from idp.web.user_fields.controls import as_control_error
from idp.web.words import message_of


def _typed_login(value: Any) -> Any:
    """Return an address or username as it was meant, however it was pasted."""
    return as_meant(value) if isinstance(value, str) else value


def typed_code(value: Any) -> Any:
    """Return a code in one piece and in the digits 0 to 9, however it was typed."""
    return in_one_piece(value) if isinstance(value, str) else value


def _given(message: str) -> DataRequired:
    """Ask for a value in words of ours."""
    return DataRequired(message)


def _password_limit(_form: PageForm, field: Field) -> None:
    """Bound the work that one request can ask of Argon2 (a validator)."""
    if field.data and too_long(field.data):
        raise ValidationError(
            gettext("Use at most %(max)s characters.", max=MAX_PASSWORD_CHARACTERS)
        )


def _note_limit(_form: PageForm, field: Field) -> None:
    """Bound what an operator is given to read (a validator)."""
    if len(field.data or "") > LONGEST_NOTE:
        raise ValidationError(
            gettext("Use at most %(max)s characters.", max=LONGEST_NOTE)
        )


class ConfirmForm(PageForm):
    """A button and the form token."""


class LoginForm(PageForm):
    """Fields of POST /login; ``passkeys``: a script says that they can be made here."""

    username = StringField(
        lazy_gettext("Email or username"),
        [_given(lazy_gettext("Enter your email or username.")), line_limit()],
        filters=[_typed_login],
    )
    password = PasswordField(
        lazy_gettext("Password"),
        [_given(lazy_gettext("Enter your password.")), _password_limit],
    )
    remember = BooleanField(lazy_gettext("Keep me signed in"))
    passkeys = BooleanField()


class RegisterForm(TermsForm):
    """Fields of POST /register, beside what policies and attributes ask for."""

    email = EmailField(
        lazy_gettext("Email"),
        [_given(lazy_gettext("Enter your email address.")), line_limit()],
        filters=[_typed_login],
    )
    username = StringField(
        lazy_gettext("Username"), [line_limit()], filters=[_typed_login]
    )
    password = PasswordField(
        lazy_gettext("Password"),
        [_given(lazy_gettext("Choose a password.")), _password_limit],
        id="new-password",
    )


class ProviderSignUpForm(TermsForm):
    """Fields of POST /register/provider, beside what else is asked for."""

    email = EmailField(
        lazy_gettext("Email"),
        [_given(lazy_gettext("Enter your email address.")), line_limit()],
        filters=[_typed_login],
    )


class CodeForm(PageForm):
    """A mailed code; ``email`` rides along where nobody is signed in."""

    code = StringField(
        lazy_gettext("Code"),
        [_given(lazy_gettext("Enter the code from the message.")), line_limit()],
        filters=[typed_code],
    )
    email = HiddenField(filters=[_typed_login], validators=[line_limit()])


class EmailForm(PageForm):
    """An address to send something to."""

    email = EmailField(
        lazy_gettext("Email"),
        [_given(lazy_gettext("Enter your email address.")), line_limit()],
        filters=[_typed_login],
    )


class WaitlistForm(EmailForm):
    """Who asks for a place on the waitlist, and why."""

    note = TextAreaField(
        lazy_gettext("What would you use it for?"), [_note_limit], filters=[trimmed]
    )


class ConfirmPasswordForm(PageForm):
    """The password once more; ``username`` is there for password managers."""

    username = StringField(lazy_gettext("Account"))
    password = PasswordField(
        lazy_gettext("Password"),
        [_given(lazy_gettext("Enter your password.")), _password_limit],
    )


class NewEmailForm(PageForm):
    """The address that an account is to switch to."""

    new_email = EmailField(
        lazy_gettext("New email"),
        [_given(lazy_gettext("Enter your new email address.")), line_limit()],
        filters=[_typed_login],
    )


class DeleteAccountForm(PageForm):
    """The account's address, typed by who means it."""

    confirm_email = EmailField(
        lazy_gettext("Your email, to confirm"),
        [_given(lazy_gettext("Type the address of this account.")), line_limit()],
        filters=[_typed_login],
    )


class PasswordForm(PageForm):
    """Fields of POST /account/password.

    ``username`` is there for password managers, which need to know whose it is.
    """

    username = StringField(lazy_gettext("Account"))
    current_password = PasswordField(
        lazy_gettext("Current password"), [_password_limit]
    )
    password = PasswordField(
        lazy_gettext("New password"),
        [_given(lazy_gettext("Choose a password.")), _password_limit],
        id="new-password",
    )


class NewPasswordForm(PageForm):
    """Fields of POST /password-reset; ``username`` is there for password managers."""

    username = StringField(lazy_gettext("Account"))
    password = PasswordField(
        lazy_gettext("New password"),
        [_given(lazy_gettext("Choose a password.")), _password_limit],
        id="new-password",
    )


def show_further_errors(form: PageForm, errors: Iterable[FieldError]) -> None:
    """Do the same where the form found nothing itself: nothing is said twice."""
    wrong = set(form.errors)
    show_errors(form, [e for e in errors if as_control_error(e).field not in wrong])


def show_errors(form: PageForm, errors: Iterable[FieldError]) -> None:
    """Put what a rule refused beside the fields it is about."""
    for error in map(as_control_error, errors):
        if error.field in form:
            field = form[error.field]
            field.errors = [*field.errors, message_of(error)]
        else:
            form.form_errors.append(message_of(error))
