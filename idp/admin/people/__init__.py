"""Pages about people: the list, and all that is done about one of them."""

from idp.admin.people import (
    access,
    activity,
    apps,
    listing,
    overview,
    security,
    sessions,
)

BLUEPRINTS = (
    listing.bp,
    overview.bp,
    security.bp,
    sessions.bp,
    apps.bp,
    access.bp,
    activity.bp,
)
