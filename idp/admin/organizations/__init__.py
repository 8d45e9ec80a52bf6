"""Pages about organizations, for operators."""

from idp.admin.organizations import domains, invites, pages

BLUEPRINTS = (pages.bp, invites.bp, domains.bp)
