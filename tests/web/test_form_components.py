"""What the form components render, whatever page uses them."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from wtforms import Form, PasswordField, StringField
from wtforms.validators import InputRequired, Length

TEMPLATES = Path(__file__).parents[2] / "idp" / "templates"
CREDENTIALS = {"autocapitalize": "none", "spellcheck": "false", "required": ""}


class Fields(Form):
    username = StringField("Email or username", [InputRequired(), Length(max=254)])
    email = StringField("Email", [InputRequired()])
    password = PasswordField("Password", [InputRequired(), Length(min=8, max=256)])
    chosen = PasswordField("Password", [InputRequired()], id="new-password")
    code = StringField("Code", [InputRequired(), Length(max=6)])


class Inputs(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "input":
            self.found.append({name: value or "" for name, value in attrs})


@pytest.fixture
def forms():
    """The form components, without a server around them."""
    app = Flask("idp", template_folder=str(TEMPLATES))
    Babel(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    with app.test_request_context():
        yield app.jinja_env.get_template("components/forms.html").module


def only_input(html) -> dict[str, str]:
    (found,) = Inputs(html).found
    return found


def differing(field: dict[str, str], wanted: dict[str, str]) -> dict[str, str]:
    """The wanted attributes that the field lacks or has otherwise."""
    return {name: v for name, v in wanted.items() if field.get(name) != v}


def test_the_sign_in_name_can_be_filled_by_managers_and_passkeys(forms):
    field = only_input(forms.identifier(Fields().username))
    wanted = CREDENTIALS | {
        "type": "text",
        "name": "username",
        "id": "username",
        "inputmode": "email",
        "autocomplete": "username webauthn",
        "autocorrect": "off",
    }
    assert differing(field, wanted) == {}


def test_the_sign_in_password_says_nothing_about_its_length(forms):
    field = only_input(forms.current_password(Fields().password))
    wanted = CREDENTIALS | {
        "type": "password",
        "name": "password",
        "id": "password",
        "autocomplete": "current-password",
    }
    assert differing(field, wanted) == {}
    assert not {"minlength", "maxlength", "data-autofocus"} & field.keys()


def test_a_new_password_tells_its_rules_to_generators_and_people(forms):
    html = forms.new_password(Fields().chosen, 12)
    field = only_input(html)
    wanted = {
        "id": "new-password",
        "autocomplete": "new-password",
        "minlength": "12",
        "passwordrules": "minlength: 12; allowed: ascii-printable;",
        "aria-describedby": "new-password-hint",
    }
    assert differing(field, wanted) == {}
    assert 'id="new-password-hint">At least 12 characters' in html


@pytest.mark.parametrize("purpose", ["username", "email"])
def test_an_address_is_typed_on_an_email_keyboard(forms, purpose):
    field = only_input(forms.email(Fields().email, autocomplete=purpose))
    wanted = CREDENTIALS | {
        "type": "email",
        "inputmode": "email",
        "autocomplete": purpose,
    }
    assert differing(field, wanted) == {}


def test_a_code_is_one_field_that_tolerates_spaces_and_forgets_its_value(forms):
    field = only_input(forms.code(Fields(data={"code": "123"}).code))
    wanted = {
        "type": "text",
        "inputmode": "numeric",
        "autocomplete": "one-time-code",
        "value": "",
    }
    assert differing(field, wanted) == {}
    assert field.keys().isdisjoint({"maxlength", "pattern"})


def test_a_recovery_code_is_no_field_that_browsers_fill_in(forms):
    field = only_input(forms.recovery_code(Fields(data={"code": "A-1"}).code))
    wanted = {
        "type": "text",
        "autocomplete": "off",
        "autocapitalize": "characters",
        "spellcheck": "false",
        "value": "",
    }
    assert differing(field, wanted) == {}
    assert {"maxlength", "pattern", "inputmode"}.isdisjoint(field)


def test_a_field_is_marked_invalid_only_when_it_is(forms):
    form = Fields()
    assert "aria-invalid" not in only_input(forms.labelled(form.email, hint="Hint"))
    form.email.errors = ["Wrong.", "Taken."]
    field = only_input(forms.labelled(form.email, hint="Hint"))
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "email-hint email-error-1 email-error-2"


def test_the_error_summary_links_each_error_to_its_field(forms):
    form = Fields()
    assert forms.error_summary(form) == ""
    form.chosen.errors = ["<Too> short."]
    html = forms.error_summary(form)
    assert 'role="alert" tabindex="-1" id="errors"' in html
    assert '<a href="#new-password">&lt;Too&gt; short.</a>' in html


def test_a_waiting_request_rides_through_a_form(forms):
    html = forms.continue_fields({"return_to": "r1", "request": '"signed'})
    assert [f["value"] for f in Inputs(html).found] == ["r1", '"signed']
    assert forms.continue_fields(None) == ""
