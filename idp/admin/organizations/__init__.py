"""Pages about organizations, for operators."""

from idp.admin.organizations import domains, invites, pages, providers

BLUEPRINTS = (pages.bp, invites.bp, domains.bp, providers.bp)
