"""The hosted admin pages."""

from idp.admin.pages import outbox

BLUEPRINTS = (outbox.blueprint,)
