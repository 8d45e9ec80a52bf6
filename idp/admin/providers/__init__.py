"""Pages about other providers that sign people in."""

from idp.admin.providers import creation, listing, settings

BLUEPRINTS = (listing.bp, creation.bp, settings.bp)
