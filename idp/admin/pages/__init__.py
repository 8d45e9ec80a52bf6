"""The hosted admin pages."""

from idp.admin import (
    admissions,
    deliveries,
    invites,
    organizations,
    people,
    providers,
    system,
    trials,
    user_fields,
    waitlists,
)
from idp.admin.branding import page as branding
from idp.admin.pages import (
    apis,
    client_activity,
    client_branding,
    client_consent,
    client_danger,
    client_secrets,
    client_settings,
    client_setup,
    client_wizard,
    clients,
    outbox,
)
from idp.admin.pages.api_keys import page as api_keys
from idp.admin.pages.groups import client_access
from idp.admin.pages.groups import page as groups
from idp.admin.pages.logs import page as logs
from idp.admin.pages.policies import page as policies

BLUEPRINTS = (
    outbox.blueprint,
    clients.bp,
    client_wizard.bp,
    client_setup.bp,
    client_settings.bp,
    client_secrets.bp,
    client_branding.bp,
    client_consent.bp,
    client_access.bp,
    client_activity.bp,
    client_danger.bp,
    apis.bp,
    groups.bp,
    policies.bp,
    branding.bp,
    api_keys.bp,
    logs.bp,
    *admissions.BLUEPRINTS,
    *deliveries.BLUEPRINTS,
    *invites.BLUEPRINTS,
    *organizations.BLUEPRINTS,
    *people.BLUEPRINTS,
    *providers.BLUEPRINTS,
    *system.BLUEPRINTS,
    *trials.BLUEPRINTS,
    *user_fields.BLUEPRINTS,
    *waitlists.BLUEPRINTS,
)
