"""Pages about the server itself."""

from idp.admin.system import keys

BLUEPRINTS = (keys.bp,)
