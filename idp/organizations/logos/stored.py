"""The logos that organizations have: their rows, and what the organizations say."""

from sqlalchemy import delete, select

from idp.core.db import db, table_of
from idp.core.pictures.addresses import picture_uri
from idp.core.pictures.logos import Logo
from idp.core.pictures.names import file_name
from idp.organizations.models import Organization, OrganizationLogo

logos = table_of(OrganizationLogo)


def find_organization_logo(name: str) -> bytes | None:
    """Return the content of the logo of this name, whoever has it."""
    found = select(OrganizationLogo.content).where(OrganizationLogo.name == name)
    return db.session.scalar(found.limit(1))


def uri_of_logo(logo: Logo) -> str:
    """Return where a logo is served, once an organization has it."""
    return picture_uri(file_name(logo.content, extension=logo.extension))


def declared_logo(organization: Organization) -> str | None:
    """Return what is declared of a logo: the link it came from, else its address."""
    return organization.logo_link or organization.logo_uri


def write_logo(organization: Organization, logo: Logo, *, declared: str | None) -> None:
    """Give an organization a logo in place of the one it had."""
    uri = uri_of_logo(logo)
    organization.logo_uri = uri
    organization.logo_link = declared if declared != uri else None
    row = OrganizationLogo(organization_id=organization.id, content=logo.content)
    row.name = file_name(logo.content, extension=logo.extension)
    db.session.merge(row)
    db.session.flush()


def erase_logo(organization: Organization) -> None:
    """Take the logo of an organization away."""
    organization.logo_uri = organization.logo_link = None
    of_it = logos.c.organization_id == organization.id
    db.session.execute(delete(logos).where(of_it))
