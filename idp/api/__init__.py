"""The account API in JSON: the same rules as the pages'."""

from idp.api.account import (
    activity,
    apps,
    browser_accounts,
    email_change,
    emails,
    export,
    passkeys,
    password,
    profile,
    reauthentication,
    sessions,
    terms,
    tokens,
    totp,
    trusted_browsers,
)
from idp.api.admin import (
    api_keys,
    apis,
    audit,
    branding,
    deliveries,
    groups,
    jobs,
    keys,
    outbox,
    policies,
    settings,
    stats,
)
from idp.api.admin import organizations as admin_organizations
from idp.api.admin import sessions as admin_sessions
from idp.api.admin import waitlists as admin_waitlists
from idp.api.admin.admissions import approvals
from idp.api.admin.admissions import waitlist as admin_waitlist
from idp.api.admin.clients import clients, secrets
from idp.api.admin.providers import providers, setting_up
from idp.api.admin.user_fields import attributes, scopes
from idp.api.auth import (
    csrf_token,
    delete_account,
    discovery,
    email_verification,
    login,
    logout,
    me,
    organization,
    passkey,
    password_change,
    password_reset,
    refresh,
    registration,
    second_factor,
    waitlist,
)
from idp.api.auth.by_mail import magic_link, mailed_sign_in
from idp.api.auth.external import linked as external_linked
from idp.api.auth.external import sign_in as external_sign_in
from idp.api.auth.external import waiting as external_waiting
from idp.api.invites import accept as invite_answers
from idp.api.invites import into_organization as invites_into_organizations
from idp.api.invites import to_server as invites_to_server
from idp.api.organizations import audit as audit_of_organizations
from idp.api.organizations import domains as domains_of_organizations
from idp.api.organizations import logo as logo_of_organizations
from idp.api.organizations import members as members_of_organizations
from idp.api.organizations import organizations
from idp.api.organizations import policies as policies_of_organizations
from idp.api.organizations import providers as providers_of_organizations
from idp.api.organizations import roles as roles_of_organizations
from idp.api.session_status import mail, missing_fields, sign_in, status
from idp.api.session_status import second_factor as session_second_factor
from idp.api.session_status import terms as session_terms
from idp.api.users import accounts, creation, two_factor, users
from idp.api.users import links as links_of_users
from idp.api.users import tokens as tokens_of_users
from idp.api.waitlists import entries as waitlist_entries

BLUEPRINTS = (
    registration.api,
    waitlist.api,
    login.api,
    logout.api,
    refresh.api,
    csrf_token.bp,
    csrf_token.api,
    me.api,
    organization.api,
    waitlist_entries.api,
    admin_waitlists.api,
    email_verification.api,
    password_reset.api,
    password_change.api,
    reauthentication.api,
    password.api,
    profile.api,
    email_change.api,
    emails.api,
    delete_account.api,
    discovery.api,
    sessions.api,
    trusted_browsers.api,
    passkey.api,
    passkeys.api,
    magic_link.api,
    mailed_sign_in.api,
    second_factor.api,
    totp.api,
    export.api,
    terms.api,
    activity.api,
    status.api,
    sign_in.api,
    mail.api,
    missing_fields.api,
    session_second_factor.api,
    session_terms.api,
    external_sign_in.api,
    external_linked.api,
    external_waiting.api,
    apps.api,
    browser_accounts.api,
    tokens.api,
    organizations.api,
    audit_of_organizations.api,
    domains_of_organizations.api,
    logo_of_organizations.api,
    providers_of_organizations.api,
    policies_of_organizations.api,
    members_of_organizations.api,
    roles_of_organizations.api,
    creation.api,
    users.api,
    accounts.api,
    two_factor.api,
    links_of_users.api,
    tokens_of_users.api,
    api_keys.api,
    keys.api,
    settings.api,
    stats.api,
    jobs.api,
    approvals.api,
    admin_waitlist.api,
    policies.api,
    branding.api,
    groups.api,
    admin_organizations.api,
    attributes.api,
    scopes.api,
    audit.api,
    deliveries.api,
    outbox.api,
    secrets.api,
    clients.api,
    apis.api,
    providers.api,
    setting_up.api,
    admin_sessions.api,
    invites_to_server.api,
    invites_into_organizations.api,
    invite_answers.api,
)
