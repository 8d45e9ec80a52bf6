"""Fields of the pages that invite: the shape of input, nothing more."""

from dataclasses import replace

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from idp.core.errors import FieldError
from idp.organizations.invites.issuing import MOST_AT_ONCE, WantedInvite
from idp.organizations.invites.table import LINE, read_table
from idp.web.forms import AtMost, PageForm
from idp.web.words import message_of

LONGEST_TEXT = 32 * 1024
MAIL, LINK = "mail", "link"
HOW = (
    (MAIL, lazy_gettext("Mail each a link")),
    (LINK, lazy_gettext("Show me the links, to hand over")),
)
ROLES = (
    ("member", lazy_gettext("Member")),
    ("admin", lazy_gettext("Admin")),
    ("owner", lazy_gettext("Owner")),
)


class InviteForm(PageForm):
    """Whom to invite, as what, and how the link gets there."""

    addresses = TextAreaField(
        lazy_gettext("Addresses"),
        [AtMost(LONGEST_TEXT, lazy_gettext("This is too long."))],
    )
    table = FileField(lazy_gettext("Or a table (CSV)"))
    role = SelectField(
        lazy_gettext("Role in the organization"),
        choices=[SelectChoice(value, word) for value, word in ROLES],
        default="member",
        validate_choice=False,
    )
    app = StringField(lazy_gettext("App that they are led to"))
    how = RadioField(
        lazy_gettext("How the link gets there"),
        choices=[SelectChoice(value, word) for value, word in HOW],
        default=MAIL,
        validate_choice=False,
    )

    @property
    def sends(self) -> bool:
        """Tell whether the links are mailed."""
        return bool(self.how.data != LINK)

    def wanted(self, *, with_roles: bool) -> list[WantedInvite]:
        """Return whom it names; none, with a word beside the field, where it cannot."""
        text = f"{self.addresses.data or ''}\n{self._table() or ''}".strip()
        roles = (self.role.data or "member",) if with_roles else ()
        found = read_table(text, roles=roles)
        leads_to = self.app.data or None
        found = [
            replace(each, roles=each.roles if with_roles else (), client_id=leads_to)
            for each in found
        ]
        if not found and not self.errors:
            self.addresses.errors = [gettext("Enter an address.")]
        if len(found) > MOST_AT_ONCE:
            words = gettext("Invite at most %(max)s at once.", max=MOST_AT_ONCE)
            self.addresses.errors = [words]
        return [] if self.errors else found

    def show(self, errors: tuple[FieldError, ...]) -> None:
        """Put what a rule refused beside the addresses, by the line it is about."""
        of_app = [error for error in errors if error.field == "client_id"]
        self.app.errors = [message_of(error) for error in of_app]
        others = [error for error in errors if error not in of_app]
        self.addresses.errors = [_words_of(error) for error in others]

    def _table(self) -> str | None:
        """Return the text of the file that came along, if one did."""
        sent = self.table.data
        if not isinstance(sent, FileStorage):
            return None
        try:
            return str(sent.read(), "utf-8-sig")
        except UnicodeDecodeError:
            self.table.errors = [gettext("This file is no text in UTF-8.")]
            return None


def _words_of(error: FieldError) -> str:
    """Return what is said of a mistake."""
    words = message_of(error)
    if not error.field.startswith(LINE):
        return words
    line = error.field.removeprefix(LINE)
    said: str = gettext("Line %(line)s: %(problem)s", line=line, problem=words)
    return said
