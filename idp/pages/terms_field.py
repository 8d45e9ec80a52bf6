"""The box by which one accepts the documents that are in force.

Its value names the versions that the page showed: a yes counts for those alone.
"""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField
from wtforms.validators import DataRequired

from idp.accounts.terms.documents import (
    Versions,
    accepted_versions,
    documents_in_force,
)
from idp.web.forms import PageForm


class TermsField(BooleanField):
    """A yes to the documents; it is never ticked before."""

    @property
    def shown(self) -> str:
        """Return the versions that are in force, as the page sends them back."""
        return " ".join(f"{each.name}={each.version}" for each in documents_in_force())

    @property
    def documents(self) -> dict[str, str]:
        """Return the address of each document by its name."""
        return {str(each.name): each.url for each in documents_in_force()}

    @property
    def accepted(self) -> Versions | None:
        """Return the versions that were accepted, None for a no."""
        return accepted_versions(accepts=bool(self.data))

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the yes for what is in force now."""
        self.data = list(valuelist[:1]) == [self.shown]


class TermsForm(PageForm):
    """A form that asks for it, where there is anything to accept."""

    accept_terms = TermsField(
        "", [DataRequired(lazy_gettext("To go on, accept what is linked here."))]
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        if not documents_in_force():
            del self.accept_terms

    @property
    def accepted(self) -> Versions | None:
        """Return the versions that were accepted, None where nothing was asked for."""
        field = self._fields.get("accept_terms")
        return field.accepted if isinstance(field, TermsField) else None
