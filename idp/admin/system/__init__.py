"""Pages about the server itself."""

from idp.admin.system import jobs, keys, overview, settings

BLUEPRINTS = (overview.bp, keys.bp, settings.bp, jobs.bp)
