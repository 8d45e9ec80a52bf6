"""The JSON API for users about themselves, and for admins about all of them."""

from idp.admin.api import accounts, user_creation, users

BLUEPRINTS = (user_creation.api, users.api, accounts.api)
