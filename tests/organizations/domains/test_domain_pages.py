"""/account/orgs/{id}/domains and its twin in the console."""

import pytest

from tests.organizations.domains.owned import DOMAIN


@pytest.fixture
def page(browser, boss, acme):
    """The list, as the owner sees it."""
    browser.sign_in(boss.email, boss.password)
    browser.open(f"/account/orgs/{acme.id}/domains")
    return browser


def act(page, name, **typed):
    """Press a button of the domain's page."""
    path = page.response.request.path
    return page.submit(path, act=name, **typed)


def test_an_owner_adds_a_domain_proves_it_and_says_what_it_is_for(page, acme, make):
    assert "No domains yet" in page.text
    page.submit(page.response.request.path, domain="Corp.Example.")
    [named] = acme.shown()
    assert "_idp-challenge.corp.example" in page.text
    assert named["record"]["value"] in page.text
    act(page, "check")
    assert "The TXT record was not found" in page.text
    acme.publish(named)
    act(page, "check")
    assert "The domain is verified." in page.text
    make.providers.provider("okta", name="Okta", organization_id=acme.id)
    make.providers.provider("other", name="Others", issuer="https://other.example")
    page.open(page.response.request.path)
    assert "By Okta alone" in page.text
    assert "Others" not in page.text
    act(page, "save", provider="okta", auto_join="")
    [changed] = acme.shown()
    assert (changed["auto_join"], changed["provider"]) == (False, "okta")
    act(page, "save", provider="other")
    assert "There is no such provider." in page.text
    act(page, "remove")
    assert "The domain is removed." in page.text
    assert acme.shown() == []


def test_who_runs_the_domain_is_mailed_at_the_address_that_is_chosen(page, make):
    page.submit(page.response.request.path, domain=DOMAIN)
    act(page, "mail", mailbox="hostmaster")
    assert "The message is on its way" in page.text
    assert make.records.mail_to(f"hostmaster@{DOMAIN}").kind == "domain_confirm"
    act(page, "mail", mailbox="anybody")
    assert make.records.mails_to(f"anybody@{DOMAIN}") == []


def test_what_is_no_domain_is_said_beside_the_field(page, acme, rival):
    rival.own()
    here = page.response.request.path
    page.submit(here, domain="gmail.com")
    assert "anyone can have an address" in page.text
    page.submit(here, domain=DOMAIN)
    assert "Another organization has verified this domain." in page.text
    assert acme.shown() == []


def test_admins_are_told_of_no_domains_and_operators_see_them(
    browser, another_browser, acme, make
):
    acme.own()
    admin = make.users.account("admin@home.example")
    make.organizations.add(acme.id, admin, "admin")
    browser.sign_in(admin.email, admin.password)
    assert browser.open(f"/account/orgs/{acme.id}/domains").status_code == 403
    browser.open(f"/account/orgs/{acme.id}")
    assert "/domains" not in browser.response.text
    auditor, looks = make.users.account(roles=["auditor"]), another_browser()
    looks.sign_in(auditor.email, auditor.password)
    looks.open(f"/admin/orgs/{acme.id}/domains")
    assert DOMAIN in looks.text
    assert "Add a domain" not in looks.text
    looks.open(f"/admin/orgs/{acme.id}/domains/{DOMAIN}")
    assert "Verified" in looks.text
    assert "Remove the domain" not in looks.text
