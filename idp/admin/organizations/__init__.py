"""Pages about organizations, for operators."""

from idp.admin.organizations import invites, pages

BLUEPRINTS = (pages.bp, invites.bp)
