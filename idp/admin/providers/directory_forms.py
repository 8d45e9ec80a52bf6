"""Fields of the pages about directories (LDAP): the shape of input, nothing more."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, PasswordField, SelectField

from idp.admin.pages.client_forms import LONGEST_LINE, choices, lines
from idp.admin.providers.forms import (
    LINKS,
    TOO_LONG,
    line_field,
    present_in,
    said_in,
    text_field,
)
from idp.federation.ldap_members import (
    GROUP_FILTER,
    MEMBERS,
    NO,
    PLAIN,
    USER_FILTER,
    YES,
)
from idp.federation.providers.provider import ProviderDeclaration
from idp.web.forms import AtMost, PageForm

SEARCHED_BY_NAME, SEARCHED_BY_NOBODY = "client_secret_basic", "none"
TLS = (
    ("", lazy_gettext("Always")),
    (PLAIN, lazy_gettext("Never: only for this machine, in development")),
)


def _password(label: Any) -> PasswordField:
    """Return a field for a password of ours, not of who types it."""
    return PasswordField(label, [AtMost(LONGEST_LINE, TOO_LONG)])


class NewDirectoryForm(PageForm):
    """What a directory cannot do without; its page has the rest."""

    name = line_field(lazy_gettext("Name"))
    provider_id = line_field(lazy_gettext("Provider ID"))
    url = text_field(lazy_gettext("Servers"))
    ca = text_field(lazy_gettext("Certificate authorities"))
    bind_dn = line_field(lazy_gettext("Bind DN"))
    client_secret = _password(lazy_gettext("Password of the bind DN"))
    base_dn = line_field(lazy_gettext("Base DN of people"))
    user_filter = line_field(lazy_gettext("User filter"))
    domains = text_field(lazy_gettext("Domains of its addresses"))
    unknown_logins = BooleanField(lazy_gettext("Look for logins that nobody has here"))
    trust_email = BooleanField(lazy_gettext("Believe its addresses"))


class DirectoryForm(NewDirectoryForm):
    """All that can be changed of a directory."""

    client_secret = _password(lazy_gettext("New password of the bind DN"))
    tls = SelectField(lazy_gettext("Encrypt by TLS"), choices=choices(TLS))
    enforced = BooleanField(
        lazy_gettext("People of these domains sign in by it, not by a password here")
    )
    allows_sign_up = BooleanField(lazy_gettext("New people may sign up by it"))
    link = SelectField(
        lazy_gettext("Link to the account that has the same address"),
        choices=choices(LINKS),
    )
    claims = text_field(lazy_gettext("Attributes of an entry"))
    groups_claim = line_field(lazy_gettext("Attribute that names a group"))
    group_base_dn = line_field(lazy_gettext("Base DN of groups"))
    group_filter = line_field(lazy_gettext("Group filter"))
    groups = text_field(lazy_gettext("Groups"))
    roles = text_field(lazy_gettext("Roles"))


class DirectoryTestForm(PageForm):
    """Whom to look for, to see whether a directory finds them."""

    login = line_field(lazy_gettext("Login of somebody there"))


def directory_values(declared: ProviderDeclaration) -> dict[str, Any]:
    """Return what the fields of a directory hold."""
    said = declared.ldap
    shown = present_in(declared) | {name: said.get(name, "") for name in MEMBERS}
    shown["url"] = "\n".join(str(said.get("url", "")).split())
    shown["user_filter"] = said.get("user_filter") or USER_FILTER
    shown["group_filter"] = said.get("group_filter") or GROUP_FILTER
    shown["unknown_logins"] = said.get("unknown_logins", NO) == YES
    return shown


def directory_in(form: PageForm, *, present: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form says of a directory; ``present`` is what holds of it already.

    Whether people are searched for by a name follows from the name, or its password.
    """
    said = said_in(form)
    ldap = {**present, **{name: form[name].data for name in MEMBERS if name in form}}
    ldap["url"] = " ".join(lines(form["url"].data))
    ldap["ca"] = (form["ca"].data or "").strip()
    ldap["unknown_logins"] = YES if form["unknown_logins"].data else ""
    said["ldap"] = {name: value for name, value in ldap.items() if value}
    named = bool(form["bind_dn"].data or form["client_secret"].data)
    said["auth_method"] = SEARCHED_BY_NAME if named else SEARCHED_BY_NOBODY
    return said
