"""Pages about the server itself."""

from idp.admin.system import jobs, keys, settings

BLUEPRINTS = (keys.bp, settings.bp, jobs.bp)
