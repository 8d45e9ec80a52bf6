"""Pages about organizations, for operators."""

from idp.admin.organizations import pages

BLUEPRINTS = (pages.bp,)
