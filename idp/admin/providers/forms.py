"""Fields of the pages about providers: the shape of input, nothing more."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from idp.admin.pages.client_forms import (
    LONGEST_LINE,
    LONGEST_TEXT,
    choices,
    codes,
    lines,
    show_errors,
)
from idp.core.errors import FieldError
from idp.federation.ldap_members import MEMBERS as LDAP_MEMBERS
from idp.federation.providers.checks import AUTH_METHODS
from idp.federation.providers.provider import ProviderDeclaration
from idp.web.forms import AtMost, PageForm
from idp.web.words import message_of

TOO_LONG = lazy_gettext("This is too long.")
SIGN = " = "
LINKS = (
    ("ask", lazy_gettext("After they sign in to their account")),
    ("verified", lazy_gettext("By address, if both sides have confirmed it")),
    ("never", lazy_gettext("Never")),
)
MODES = (
    ("", lazy_gettext("As the provider prefers")),
    ("query", lazy_gettext("In the address")),
    ("form_post", lazy_gettext("By a form that it sends")),
)
TEXTS = ("name", "client_id", "auth_method", "link")
OPTIONAL = (
    *("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint"),
    *("emails_endpoint", "key_id", "team_id", "response_mode", "groups_claim"),
    "organization_id",
)
FLAGS = (
    *("enforced", "allows_sign_up", "trust_email", "keeps_tokens", "signs_out"),
    "private_networks",
)
MAPS = ("claims", "groups", "roles", "organization_roles", "acr", "amr")
# What the fields of a form are called elsewhere.
ASKED_AS = {"id": "provider_id"} | {f"ldap.{name}": name for name in LDAP_MEMBERS}
ENDPOINTS = (
    *("authorization_endpoint", "token_endpoint", "userinfo_endpoint"),
    "emails_endpoint",
)


def _trimmed(value: Any) -> Any:
    """Return a typed value without the white space that pasting leaves around it."""
    return value.strip() if isinstance(value, str) else value


def line_field(label: Any) -> StringField:
    """Return a field of one line."""
    return StringField(label, [AtMost(LONGEST_LINE, TOO_LONG)], filters=[_trimmed])


def text_field(label: Any) -> TextAreaField:
    """Return a field of several lines."""
    return TextAreaField(label, [AtMost(LONGEST_TEXT, TOO_LONG)])


class NewProviderForm(PageForm):
    """What is asked of a provider to be; what its preset says is left out."""

    name = line_field(lazy_gettext("Name on the button"))
    provider_id = line_field(lazy_gettext("Provider ID"))
    tenant = line_field(lazy_gettext("Directory (tenant) ID"))
    issuer = line_field(lazy_gettext("Issuer"))
    authorization_endpoint = line_field(lazy_gettext("Authorization endpoint"))
    token_endpoint = line_field(lazy_gettext("Token endpoint"))
    userinfo_endpoint = line_field(lazy_gettext("Profile endpoint"))
    client_id = line_field(lazy_gettext("Client ID there"))
    team_id = line_field(lazy_gettext("Team ID"))
    key_id = line_field(lazy_gettext("Key ID"))
    client_secret = text_field(lazy_gettext("Client secret"))
    scopes = line_field(lazy_gettext("Scopes asked for"))
    organization_id = line_field(lazy_gettext("Organization"))


class ProviderForm(PageForm):
    """All that can be changed of a provider."""

    name = line_field(lazy_gettext("Name on the button"))
    issuer = line_field(lazy_gettext("Issuer"))
    authorization_endpoint = line_field(lazy_gettext("Authorization endpoint"))
    token_endpoint = line_field(lazy_gettext("Token endpoint"))
    userinfo_endpoint = line_field(lazy_gettext("Profile endpoint"))
    emails_endpoint = line_field(lazy_gettext("Endpoint that lists addresses"))
    client_id = line_field(lazy_gettext("Client ID there"))
    auth_method = SelectField(
        lazy_gettext("How we prove who we are"), choices=codes(AUTH_METHODS)
    )
    client_secret = text_field(lazy_gettext("New secret or private key"))
    key_id = line_field(lazy_gettext("Key ID"))
    team_id = line_field(lazy_gettext("Team ID"))
    scopes = line_field(lazy_gettext("Scopes asked for"))
    response_mode = SelectField(
        lazy_gettext("How its answer comes back"), choices=choices(MODES)
    )
    domains = text_field(lazy_gettext("Domains"))
    enforced = BooleanField(
        lazy_gettext("People of these domains sign in here, not by a password")
    )
    allows_sign_up = BooleanField(lazy_gettext("New people may sign up by it"))
    link = SelectField(
        lazy_gettext("Link to the account that has the same address"),
        choices=choices(LINKS),
    )
    trust_email = BooleanField(
        lazy_gettext("Believe it when it says that an address is confirmed")
    )
    keeps_tokens = BooleanField(lazy_gettext("Keep the tokens that it gives us"))
    signs_out = BooleanField(lazy_gettext("Sign people out there too"))
    organization_id = line_field(lazy_gettext("Organization"))
    organization_roles = text_field(lazy_gettext("Roles in the organization"))
    private_networks = BooleanField(
        lazy_gettext("It may be in a private network that the settings have opened")
    )
    claims = text_field(lazy_gettext("Names of claims"))
    groups_claim = line_field(lazy_gettext("Claim that holds groups"))
    groups = text_field(lazy_gettext("Groups"))
    roles = text_field(lazy_gettext("Roles"))
    acr = text_field(lazy_gettext("Levels of its sign-ins (acr)"))
    amr = text_field(lazy_gettext("Methods of its sign-ins (amr)"))


class DeleteProviderForm(PageForm):
    """Delete after typing the id."""

    confirmation = line_field(lazy_gettext("Provider ID"))
    delete = HiddenField()


def drop(form: PageForm, names: Iterable[str]) -> None:
    """Ask for no such fields."""
    for name in names:
        if name in form:
            del form[name]


def present_in(declared: ProviderDeclaration) -> dict[str, Any]:
    """Return what the fields of a provider hold."""
    shown: dict[str, Any] = {name: getattr(declared, name) for name in TEXTS}
    shown |= {name: getattr(declared, name) or "" for name in OPTIONAL}
    shown |= {name: getattr(declared, name) for name in FLAGS}
    shown |= {name: _map_lines(getattr(declared, name)) for name in MAPS}
    shown["scopes"] = " ".join(declared.scopes)
    shown["domains"] = "\n".join(declared.domains)
    return shown


def said_in(form: PageForm) -> dict[str, Any]:
    """Return what a form says of a provider; the rules say what is wrong with it."""
    said: dict[str, Any] = {}
    for name in form.data:
        text = form[name].data
        if name in TEXTS:
            said[name] = text or ""
        elif name in OPTIONAL:
            said[name] = text or None
        elif name in FLAGS:
            said[name] = bool(text)
        elif name in MAPS:
            said[name] = _map_in(text)
    if "scopes" in form:
        said["scopes"] = list(dict.fromkeys((form["scopes"].data or "").split()))
    if "domains" in form:
        said["domains"] = [line.lower() for line in lines(form["domains"].data)]
    return said


def secret_in(form: PageForm) -> str | None:
    """Return a secret that was typed; white space around it comes with pasting."""
    return (form["client_secret"].data or "").strip() or None


def forget_secret(form: PageForm) -> None:
    """Take a secret out of a form that comes back: no page shows one."""
    field = form["client_secret"]
    if field.data:
        field.data = None
        field.errors = [*field.errors, gettext("Type it again.")]


def show_refusals(form: PageForm, errors: Iterable[FieldError]) -> None:
    """Put what a rule refused beside its field, whose name the sentence needs."""
    for error in errors:
        name = ASKED_AS.get(error.field, error.field)
        if name in form:
            field = form[name]
            words = f"{field.label.text}: {message_of(error)}"
            field.errors = [*field.errors, words]
        else:
            show_errors(form, [error])


def _map_lines(value: Mapping[str, str]) -> str:
    """Return a map as it is typed, a line for each."""
    return "\n".join(f"{key}{SIGN}{named}" for key, named in value.items())


def _map_in(text: str | None) -> dict[str, str]:
    """Read the lines of ``_map_lines``."""
    pairs = (line.partition(SIGN.strip()) for line in lines(text))
    return {key.strip(): named.strip() for key, _, named in pairs}
