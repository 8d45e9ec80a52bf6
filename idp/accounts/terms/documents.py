"""The documents that people accept, as the settings have them now."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from idp.accounts.terms.settings import TermsSettings
from idp.core.context import current

Versions = Mapping[str, str]  # the version of each document, by its name


class DocumentName(StrEnum):
    """What there can be to accept."""

    TERMS = "terms"
    PRIVACY = "privacy"


@dataclass(frozen=True)
class LegalDocument:
    """One document, in the version that has to be accepted."""

    name: DocumentName
    url: str
    version: str


def documents_in_force() -> tuple[LegalDocument, ...]:
    """Return what has to be accepted here; a server without terms has none."""
    settings = current(TermsSettings)
    known = (
        (DocumentName.TERMS, settings.terms_url, settings.terms_version),
        (DocumentName.PRIVACY, settings.privacy_url, settings.privacy_version),
    )
    return tuple(
        LegalDocument(name, url, version) for name, url, version in known if url
    )


def accepted_versions(*, accepts: bool) -> Versions | None:
    """Return the versions of who accepts all that is in force now, None for a no."""
    if not accepts:
        return None
    return {str(each.name): each.version for each in documents_in_force()}
