"""What holds on every page: accessible, narrow, light, without inline code."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.inspection import (
    LOOKS,
    WIDTHS,
    inspect,
    overflow,
    violations,
    violations_in,
    weigh,
)
from tests.browser.journeys import make_account, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.any_database]

SIGNED_OUT = [
    "/login",
    "/register",
    "/forgot-password",
    "/login/link",
    "/register/pending",
    "/register/waitlist/place?token=unknown",
    "/terms/declined",
    "/password-reset?token=unknown",
    "/login/not-me?token=unknown",
    "/oauth2/callback/unknown",
    "/email-verification",
    "/email-verification?token=unknown",
    "/auth/sign-in/token?token=unknown",
    "/email-change?token=unknown",
    "/email-change/done",
    "/email-change/undo?token=unknown",
    "/email-change/undo/done",
    "/factor-change/undo?token=unknown",
    "/factor-change/undo/done",
    "/link-change/undo?token=unknown",
    "/link-change/undo/done",
    "/account/emails/confirm?token=unknown",
    "/account/emails/confirm/done",
    "/organization-domain?token=unknown",
    "/organization-domain/done",
    "/account/deletion",
    "/account/deletion/undo?token=unknown",
    "/language",
    "/no-such-page",
    "/oauth2/authorize?client_id=unknown",
    "/oauth2/logout?client_id=unknown",
    "/admin/outbox",
]
SIGNED_IN = [
    "/account",
    "/account/profile",
    "/account/email",
    "/account/emails",
    "/account/second-factor",
    "/account/security",
    "/account/totp",
    "/account/links",
    "/account/passkeys",
    "/account/passkeys/new",
    "/account/passkeys/new?second_step=1",
    "/account/passkeys/offer",
    "/account/password",
    "/account/confirm",
    "/account/sessions",
    "/account/apps",
    "/account/orgs",
    "/account/orgs/new",
    "/account/tokens",
    "/account/activity",
    "/account/activity/not-me",
    "/account/data",
    "/device",
    "/device?user_code=BCDF-GHJK",
    "/logout",
]
REVIEW = (
    "/admin/clients/new/review?kind=web&client_name=A&framework=authlib"
    "&base_url=https://a-host.with-a-long-name.of-an-organization.example.org"
)
KINDS = ("web", "spa", "native", "device", "machine")
ADMIN = [
    "/admin/clients",
    "/admin/clients?q=nobody-has-this-name",
    "/admin/clients/new",
    *(f"/admin/clients/new/app?kind={kind}" for kind in KINDS),
    REVIEW,
    "/admin/clients/demo-web",
    "/admin/clients/demo-web/settings",
    "/admin/clients/demo-web/secrets",
    "/admin/clients/demo-web/branding",
    "/admin/clients/demo-web/consent",
    "/admin/clients/demo-web/access",
    "/admin/clients/demo-web/activity",
    "/admin/clients/demo-web/danger",
    "/admin/clients/no-such-app",
    "/admin/approvals",
    "/admin/waitlist",
    "/admin/waitlists",
    "/admin/waitlists/nobody-waits",
    "/admin/invites",
    "/admin/invites?q=nobody-has-this-address",
    "/admin/groups",
    "/admin/groups?q=nobody-has-this-name",
    "/admin/groups/new",
    "/admin/attributes",
    "/admin/attributes?q=nobody-has-this-key",
    "/admin/attributes/named/department",
    "/admin/scopes",
    "/admin/scopes?q=nobody-has-this-name",
    "/admin/scopes/new",
    "/admin/scopes/named/department",
    "/admin/orgs",
    "/admin/orgs/new",
    "/admin/orgs/engines",
    "/admin/orgs/engines/settings",
    "/admin/orgs/engines/domains",
    "/account/orgs/engines",
    "/account/orgs/engines/settings",
    "/account/orgs/engines/invites",
    "/admin/orgs/engines/invites",
    "/account/orgs/engines/domains",
    "/account/orgs/engines/providers",
    "/account/orgs/engines/policies",
    "/admin/orgs/engines/providers",
    "/admin/providers",
    "/admin/providers/new",
    "/admin/providers/new?preset=microsoft",
    "/admin/apis",
    "/admin/apis/new",
    "/admin/clients/demo-web/deliveries",
    "/admin/deliveries",
    "/admin/deliveries?state=failed",
    "/admin/mail",
    "/admin/mail?recipient=nobody@example.com",
    "/admin/api-keys",
    "/admin",
    "/admin/jobs",
    "/admin/refusals",
    "/admin/keys",
    "/admin/keys/rotate",
    "/admin/settings",
    "/admin/settings?query=no-setting-has-this-name",
    "/admin/logs",
    "/admin/logs?event=api.deleted",
    "/admin/policies",
    "/admin/policies?scope=role&scope_id=admin",
]


@pytest.mark.parametrize("path", SIGNED_OUT)
def test_page_is_accessible_and_narrow(server, seen, path):
    inspect(seen, server.url + path)
    assert violations_in(seen, "dark", rules=LOOKS) == {}


def test_pages_of_a_signed_in_person_are_accessible_and_narrow(server, seen):
    seen.goto(f"{server.url}/login")
    sign_in(seen)
    expect(seen).to_have_url(re.compile("/account"))
    for path in SIGNED_IN:
        inspect(seen, server.url + path)


def test_pages_of_an_admin_are_accessible_and_narrow(server, seen):
    seen.goto(f"{server.url}/login")
    sign_in(seen, login="mary")
    expect(seen).to_have_url(re.compile("/account"))
    for path in ADMIN:
        inspect(seen, server.url + path)
    for organization in ("/account/orgs/engines", "/admin/orgs/engines"):
        seen.goto(server.url + organization)
        member = seen.locator("main a[href*='/members/']").first
        inspect(seen, server.url + str(member.get_attribute("href")))


def test_forms_with_errors_are_accessible_and_narrow(server, seen):
    seen.goto(f"{server.url}/login")
    sign_in(seen, password="wrong wrong wrong")
    expect(seen.locator("#errors")).to_be_focused()
    assert seen.title().startswith("Error: ")
    assert violations(seen) == {}
    seen.goto(f"{server.url}/register")
    expect(seen.get_by_role("button", name="Create a passkey instead")).to_be_visible()
    seen.locator("form").first.evaluate("form => form.noValidate = true")
    seen.get_by_role("button", name="Create account").click()
    expect(seen.locator("#errors")).to_be_focused()
    for width in WIDTHS:
        assert overflow(seen, width) == 0
    assert violations(seen) == {}


def test_the_consent_page_is_accessible_and_narrow(server, themed):
    make_account(themed, server, "asked")
    themed.goto(f"{server.demo_url}/web")
    themed.locator("#break-reused-code").click()
    expect(themed.get_by_role("button", name="Allow")).to_be_visible()
    for width in WIDTHS:
        assert overflow(themed, width) == 0
    assert violations(themed) == {}


def test_a_connected_app_is_shown_accessibly_and_leaves_after_a_question(
    server, themed
):
    make_account(themed, server, "apps")
    themed.goto(f"{server.demo_url}/web")
    themed.locator("#break-reused-code").click()
    themed.get_by_role("button", name="Allow").click()
    expect(themed).to_have_url(re.compile(server.demo_url))
    themed.goto(f"{server.url}/account/apps")
    expect(themed.get_by_role("button", name="Remove access")).to_be_hidden()
    themed.locator("main summary").click()
    for width in WIDTHS:
        assert overflow(themed, width) == 0
    assert violations(themed) == {}
    themed.get_by_role("button", name="Remove access").click()
    expect(themed.get_by_text("No apps use your account yet.")).to_be_visible()
    assert violations(themed) == {}


def test_pages_are_light_and_whole(server, page):
    """U2, U3."""
    page.context.new_cdp_session(page).send(
        "Network.setCacheDisabled", {"cacheDisabled": True}
    )
    for path in SIGNED_OUT:
        weigh(page, server.url + path)
