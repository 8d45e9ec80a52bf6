"""Pages about invites to the server."""

from idp.admin.invites import page

BLUEPRINTS = (page.bp,)
