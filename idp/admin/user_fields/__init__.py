"""Pages about fields of users, and about the scopes that tell apps of them."""

from idp.admin.user_fields import attributes, scopes

BLUEPRINTS = (attributes.bp, scopes.bp)
