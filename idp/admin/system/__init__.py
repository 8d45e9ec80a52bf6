"""Pages about the server itself."""

from idp.admin.system import (
    jobs,
    key_revocation,
    keys,
    overview,
    refusals,
    settings,
)

BLUEPRINTS = (
    overview.bp,
    keys.bp,
    key_revocation.bp,
    settings.bp,
    jobs.bp,
    refusals.bp,
)
