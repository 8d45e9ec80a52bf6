"""Pages about people: the list, and all that is done about one of them."""

from idp.admin.people import (
    access,
    activity,
    acts,
    apps,
    creation,
    listing,
    overview,
    profile,
    roles,
    security,
    sessions,
)

BLUEPRINTS = (
    listing.bp,
    creation.bp,
    overview.bp,
    profile.bp,
    roles.bp,
    *acts.BLUEPRINTS,
    security.bp,
    sessions.bp,
    apps.bp,
    access.bp,
    activity.bp,
)
