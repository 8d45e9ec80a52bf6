"""How the server looks, as each process knows it: to use it costs no statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from idp.core.branding.model import InstanceBrandingRow, InstanceLogo
from idp.core.branding.sheets import sheet_path
from idp.core.caches.cached import Cached
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.pictures.names import picture_path
from idp.core.settings.server import ServerSettings

BRANDING = "branding"  # the name in cache_versions
LINKS = ("website_uri", "support_uri", "privacy_uri", "terms_uri")

rows = table_of(InstanceBrandingRow)
READ = select(rows)


@dataclass(frozen=True)
class StandardLinks:
    """Addresses by the names in LINKS that settings say, where branding says none."""

    uris: Mapping[str, str | None]


@dataclass(frozen=True)
class InstanceBranding:
    """What operators gave the server; None is what it has by itself.

    ``logo`` and ``dark_logo`` are names of pictures that are served from here.
    """

    name: str | None = None
    colour: str | None = None
    logo: str | None = None
    dark_logo: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown_name(self) -> str:
        """Return what the server is called."""
        return self.name or current(ServerSettings).issuer_name

    @property
    def shown_links(self) -> Mapping[str, str]:
        """Return the links of pages and mails."""
        standard = current(StandardLinks).uris
        return {**{name: uri for name, uri in standard.items() if uri}, **self.links}

    @property
    def css_url(self) -> str | None:
        """Return where the stylesheet of the colour is."""
        return sheet_path(self.colour) if self.colour else None

    @property
    def logo_url(self) -> str | None:
        """Return where the logo of light pages is."""
        return picture_path(self.logo) if self.logo else None

    @property
    def dark_logo_url(self) -> str | None:
        """Return where the logo of dark pages is, if they have one of their own."""
        return picture_path(self.dark_logo) if self.dark_logo else None


PLAIN = InstanceBranding()


class BrandingCache(Cached[InstanceBranding]):
    """The branding, as a process knows it; ``latest`` is what it knew last."""

    def __init__(self) -> None:
        super().__init__(BRANDING)
        self.latest = PLAIN


def instance_branding() -> InstanceBranding:
    """Return how the server looks."""
    cache = current(BrandingCache)
    cache.latest = cache.fetch(BRANDING, read_branding)
    return cache.latest


def latest_branding() -> InstanceBranding:
    """Return the same without asking the database, which may be away."""
    return current(BrandingCache).latest


def issuer_name() -> str:
    """Return what the server is called on pages, in mails and authenticator apps."""
    return instance_branding().shown_name


def read_branding() -> InstanceBranding:
    """Read the row."""
    row = connection().execute(READ).one_or_none()
    if row is None:
        return PLAIN
    return InstanceBranding(row.name, row.colour, row.logo, row.dark_logo, row.links)


def find_instance_logo(name: str) -> bytes | None:
    """Return the content of the server's logo of this name."""
    found = select(InstanceLogo.content).where(InstanceLogo.name == name)
    return db.session.scalar(found)
