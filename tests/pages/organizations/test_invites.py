"""/account/orgs/{id}/invites: owners and admins ask people to become members."""

import re

import pytest

from idp.core.db import db
from idp.organizations.models import Invite
from tests.hosted_pages import ORIGIN

GRACE = "grace@example.com"


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com", name="Ada")


@pytest.fixture
def acme(make, ada) -> str:
    return make.organizations.organization(ada, name="Acme")


@pytest.fixture
def page(browser, ada, acme):
    browser.sign_in(ada.email, ada.password)
    browser.open(f"/account/orgs/{acme}/invites")
    return browser


def act(browser, path, **typed):
    """Press a button of the page that is open."""
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', browser.response.text)
    data = {"csrf_token": token[1], **typed}
    headers = {"Origin": ORIGIN, "Accept": "text/html"}
    return browser.follow(browser.http.post(path, data=data, headers=headers))


def invite(page, acme, **typed):
    path = f"/account/orgs/{acme}/invites"
    return act(page, path, act="invite", addresses=GRACE, **typed)


def test_an_owner_invites_and_the_invited_join(page, acme, make, app):
    invite(page, acme, role="admin", how="mail")
    assert "on their way" in page.text
    assert "grace@example.com admin" in page.text
    mail = make.records.mail_to(GRACE)
    assert "Ada invites you to join Acme" in mail.text
    page.open("/account/profile")
    act(page, "/logout")
    page.open(mail.link)
    assert page.title.startswith("Join Acme")
    page.submit("/invite", name="Grace")
    page.open(f"/account/orgs/{acme}")
    assert "Admin" in page.text


def test_members_are_told_of_no_invites(browser, acme, make):
    grace = make.users.account(GRACE)
    make.organizations.add(acme, grace)
    browser.sign_in(grace.email, grace.password)
    browser.open(f"/account/orgs/{acme}")
    assert f"/account/orgs/{acme}/invites" not in browser.response.text
    assert browser.open(f"/account/orgs/{acme}/invites").status_code == 403


def test_an_admin_is_offered_no_owners_and_makes_none(browser, acme, make):
    admin = make.users.account()
    make.organizations.add(acme, admin, "admin")
    browser.sign_in(admin.email, admin.password)
    browser.open(f"/account/orgs/{acme}/invites")
    assert 'value="owner"' not in browser.response.text
    assert invite(browser, acme, role="owner").status_code == 403
    assert make.records.mails_to(GRACE) == []


def test_an_unknown_role_in_a_table_is_said(page, acme):
    path = f"/account/orgs/{acme}/invites"
    act(page, path, act="invite", addresses=f"{GRACE}, boss")
    assert "boss" in page.text
    assert page.title.startswith("Error: ")


def test_what_waits_for_somebody_is_shown_and_answered(browser, acme, make, ada):
    grace = make.users.account(GRACE)
    for _ in range(2):
        make.invites.invite(GRACE, by=ada.id, into=acme, send=False)
    browser.sign_in(grace.email, grace.password)
    browser.open("/account/orgs")
    assert browser.text.count("Ada invites you to Acme") == 1
    one = re.search(r'name="one" value="(\w+)"', browser.response.text)[1]
    act(browser, "/account/orgs", act="accept", one=one)
    assert browser.response.request.path == f"/account/orgs/{acme}"
    browser.open("/account/orgs")
    assert "invites you" not in browser.text


def test_what_waits_is_declined(browser, acme, make):
    grace = make.users.account(GRACE)
    link = make.invites.invite(GRACE, into=acme)
    browser.sign_in(grace.email, grace.password)
    browser.open("/account/orgs")
    one = re.search(r'name="one" value="(\w+)"', browser.response.text)[1]
    act(browser, "/account/orgs", act="decline", one=one)
    assert "You declined the invite" in browser.text
    assert browser.open(link).status_code == 200
    assert "You declined this invite" in browser.text


def test_what_waits_for_another_is_nobody_elses(browser, acme, make, app):
    make.invites.invite(GRACE, into=acme)
    eve = make.users.account("eve@example.com")
    unproven = make.users.account(GRACE, email_verified=False)
    browser.sign_in(eve.email, eve.password)
    browser.open("/account/orgs")
    assert "invite" not in browser.text
    with app.app_context():
        one = db.session.query(Invite.id).scalar()
    browser.open("/account/profile")
    act(browser, "/account/orgs", act="accept", one=one)
    assert make.records.audited("invite.accepted") == []
    make.browsers.sign_in(browser.http, person=unproven)
    browser.open("/account/orgs")
    assert 'name="one"' not in browser.response.text
