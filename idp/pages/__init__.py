"""The hosted pages."""

from idp.pages import brand, preferences
from idp.pages.account import (
    activity,
    apps,
    data,
    deletion_undo,
    email_change,
    email_undo,
    home,
    password_change,
    profile,
    security,
    sessions,
    tokens,
)
from idp.pages.authorization import consent, device, no_access, organization_choice
from idp.pages.branding import preview as branding_preview
from idp.pages.domains import proof as domain_proof
from idp.pages.emails import addresses, proof
from idp.pages.factors import recovery_codes, totp, without
from idp.pages.factors import sign_in as second_factor
from idp.pages.factors import undo as factor_undo
from idp.pages.invites import answer as invite
from idp.pages.invites import ways as invite_ways
from idp.pages.logout import logout
from idp.pages.organizations import activity as organization_activity
from idp.pages.organizations import domains as organization_domains
from idp.pages.organizations import pages as organizations
from idp.pages.organizations import policies as organization_policies
from idp.pages.organizations import providers as organization_providers
from idp.pages.passkeys import manage as passkeys
from idp.pages.passkeys import offer as passkey_offer
from idp.pages.passkeys import sign_in as passkey_sign_in
from idp.pages.providers import begin as provider_begin
from idp.pages.providers import callback as provider_callback
from idp.pages.providers import confirm as provider_confirm
from idp.pages.providers import link as provider_link
from idp.pages.providers import links as provider_links
from idp.pages.providers import registration as provider_registration
from idp.pages.providers import undo as provider_undo
from idp.pages.sign_in import (
    account_choice,
    closed,
    enrolment,
    links,
    login,
    missing_fields,
    password_reset,
    reauthentication,
    registration,
    report,
    terms,
    verification,
    waitlist,
)
from idp.pages.sign_in.by_mail import ask as mail_sign_in

BLUEPRINTS = (
    home.bp,
    preferences.bp,
    registration.bp,
    closed.bp,
    waitlist.bp,
    verification.bp,
    login.bp,
    report.bp,
    password_reset.bp,
    links.bp,
    invite.bp,
    invite_ways.bp,
    mail_sign_in.bp,
    reauthentication.bp,
    enrolment.bp,
    terms.bp,
    missing_fields.bp,
    profile.bp,
    email_change.bp,
    email_undo.bp,
    factor_undo.bp,
    addresses.bp,
    proof.bp,
    domain_proof.bp,
    security.bp,
    password_change.bp,
    sessions.bp,
    activity.bp,
    data.bp,
    deletion_undo.bp,
    account_choice.bp,
    brand.bp,
    branding_preview.bp,
    consent.bp,
    no_access.bp,
    organization_choice.bp,
    apps.bp,
    tokens.bp,
    organizations.bp,
    organization_activity.bp,
    organization_domains.bp,
    organization_policies.bp,
    organization_providers.bp,
    passkeys.bp,
    passkey_offer.bp,
    passkey_sign_in.bp,
    second_factor.bp,
    without.bp,
    totp.bp,
    recovery_codes.bp,
    device.bp,
    logout.bp,
    provider_begin.bp,
    provider_callback.bp,
    provider_confirm.bp,
    provider_link.bp,
    provider_links.bp,
    provider_registration.bp,
    provider_undo.bp,
)
