"""Pages about who waits for which feature."""

from idp.admin.waitlists import features

BLUEPRINTS = (features.bp,)
