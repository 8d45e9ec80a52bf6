"""Fields of the pages about an organization's providers, and what they say."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from idp.federation.providers.provider import Provider
from idp.web.forms import PageForm
from idp.web.organizations.forms import line_field, text_field

SIGN = "="
USUAL_SCOPES = "openid profile email"
LINKS = [
    SelectChoice(
        "verified", lazy_gettext("By address, if both sides have confirmed it")
    ),
    SelectChoice("ask", lazy_gettext("After they sign in to their account")),
    SelectChoice("never", lazy_gettext("Never")),
]
AUTH_METHODS = [
    SelectChoice(name, name, {"lang": "en"})  # the same in every language
    for name in ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
]
TEXTS = ("name", "issuer", "client_id", "auth_method", "link")
FLAGS = ("allows_sign_up", "trust_email")
MAPS = ("claims", "organization_roles")


class NewOwnProviderForm(PageForm):
    """What is asked of a provider to be."""

    name = line_field(lazy_gettext("Name on the button"))
    issuer = line_field(lazy_gettext("Issuer"))
    client_id = line_field(lazy_gettext("Client ID there"))
    client_secret = text_field(lazy_gettext("Client secret"))


class OwnProviderForm(NewOwnProviderForm):
    """All that owners can change of a provider."""

    auth_method = SelectField(
        lazy_gettext("How we prove who we are"),
        choices=AUTH_METHODS,
        validate_choice=False,
    )
    scopes = line_field(lazy_gettext("Scopes asked for"))
    allows_sign_up = BooleanField(lazy_gettext("New people may sign up by it"))
    trust_email = BooleanField(
        lazy_gettext("Believe it when it says that an address is confirmed")
    )
    link = SelectField(
        lazy_gettext("Link to the account that has the same address"),
        choices=LINKS,
        validate_choice=False,
    )
    groups_claim = line_field(lazy_gettext("Claim that holds groups"))
    organization_roles = text_field(lazy_gettext("Roles in the organization"))
    claims = text_field(lazy_gettext("Names of claims"))


def present_in(provider: Provider) -> dict[str, Any]:
    """Return what the fields of a provider hold."""
    shown: dict[str, Any] = {n: getattr(provider, n) for n in (*TEXTS, *FLAGS)}
    shown |= {name: _lines_of(getattr(provider, name)) for name in MAPS}
    shown["groups_claim"] = provider.groups_claim or ""
    shown["scopes"] = " ".join(provider.scopes)
    return shown


def said_in(form: PageForm) -> dict[str, Any]:
    """Return what a form says of a provider; the rules say what is wrong with it."""
    said: dict[str, Any] = {}
    for name in form.data:
        value = form[name].data
        if name in TEXTS:
            said[name] = value or ""
        elif name in FLAGS:
            said[name] = bool(value)
        elif name in MAPS:
            said[name] = _map_in(value or "")
        elif name == "scopes":
            said[name] = list(dict.fromkeys((value or "").split()))
        elif name == "groups_claim":
            said[name] = value or None
    return said


def secret_in(form: NewOwnProviderForm) -> str | None:
    """Return a secret that was typed; white space around it comes with pasting."""
    return (form.client_secret.data or "").strip() or None


def forget_secret(form: NewOwnProviderForm) -> None:
    """Take a secret out of a form that comes back: no page shows one."""
    field = form.client_secret
    if field.data:
        field.data = None
        field.errors = [*field.errors, gettext("Type it again.")]


def _lines_of(value: Mapping[str, str]) -> str:
    """Return a map as it is typed, a line for each."""
    return "\n".join(f"{key} {SIGN} {named}" for key, named in value.items())


def _map_in(text: str) -> dict[str, str]:
    """Read the lines of ``_lines_of``."""
    pairs = (line.partition(SIGN) for line in text.splitlines() if line.strip())
    return {key.strip(): named.strip() for key, _, named in pairs}
