"""The account API in JSON: the same rules as the pages'."""

from idp.api.account import (
    activity,
    apps,
    email_change,
    export,
    password,
    profile,
    sessions,
)
from idp.api.admin import (
    api_keys,
    apis,
    audit,
    deliveries,
    groups,
    keys,
    outbox,
    policies,
    settings,
)
from idp.api.admin import sessions as admin_sessions
from idp.api.admin.clients import clients, secrets
from idp.api.auth import (
    csrf_token,
    delete_account,
    email_verification,
    login,
    logout,
    me,
    not_enabled,
    password_change,
    password_reset,
    refresh,
    registration,
)
from idp.api.session_status import mail, sign_in, status
from idp.api.users import accounts, creation, users

BLUEPRINTS = (
    registration.api,
    login.api,
    logout.api,
    refresh.api,
    csrf_token.bp,
    csrf_token.api,
    me.api,
    email_verification.api,
    password_reset.api,
    password_change.api,
    password.api,
    profile.api,
    email_change.api,
    delete_account.api,
    sessions.api,
    export.api,
    activity.api,
    status.api,
    sign_in.api,
    mail.api,
    not_enabled.api,
    apps.api,
    creation.api,
    users.api,
    accounts.api,
    api_keys.api,
    keys.api,
    settings.api,
    policies.api,
    groups.api,
    audit.api,
    deliveries.api,
    outbox.api,
    secrets.api,
    clients.api,
    apis.api,
    admin_sessions.api,
)
