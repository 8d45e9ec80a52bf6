"""/account/links, and confirming who one is by a linked provider."""

import pytest
from sqlalchemy import select

from idp.core.clock import utcnow
from idp.core.db import db
from idp.federation.models import LinkedIdentity
from tests.federation.travellers import subjects_of

PATH = "/account/links"
WITHOUT_MAIL = ["password", "passkey", "provider"]


@pytest.fixture
def owner(make, browser):
    """Somebody who is signed in with a password."""
    account = make.users.account()
    browser.sign_in(account.email, account.password)
    return account


def go(traveller) -> str:
    """Press the button that links; return where the browser is sent."""
    traveller.browser.open(PATH)
    return traveller.browser.send(f"{PATH}/acme").location


def test_where_there_is_no_provider_the_menu_has_no_such_page(owner, browser):
    assert "Linked accounts" not in browser.open("/account").text


def test_a_provider_is_linked_and_unlinked(app, acme, traveller, owner, make):
    acme()
    assert "Linked accounts" in traveller.browser.open("/account").text
    traveller.come_back(traveller.peer.approve(go(traveller), email="me@acme.example"))
    assert "me@acme.example" in traveller.browser.text
    traveller.browser.submit("/login/provider/link")
    assert traveller.at == PATH
    assert "The account was linked." in traveller.browser.text
    assert subjects_of(app, owner.id) == ["upstream-ada"]
    before = traveller.browser.cookie()
    traveller.browser.submit(f"{PATH}/acme/unlink")
    assert "The account was unlinked." in traveller.browser.text
    assert subjects_of(app, owner.id) == []
    assert traveller.browser.cookie() != before
    kinds = [mail.kind for mail in make.records.mails_to(owner.email)]
    assert kinds[-2:] == ["provider_linked", "provider_unlinked"]
    assert make.records.audited("provider.unlinked") == [("ok", owner.id)]


def test_the_last_way_in_stays(app, acme, traveller, make):
    acme()
    make.policies.decide(sign_in_methods=WITHOUT_MAIL)
    account = make.users.account("ada@example.com", password=None)
    make.providers.link("acme", account.id, subject="upstream-ada")
    traveller.sign_in()
    traveller.browser.open(PATH)
    traveller.browser.submit(f"{PATH}/acme/unlink")
    assert "your only way to sign in" in traveller.browser.text
    assert subjects_of(app, account.id) == ["upstream-ada"]


def test_a_linked_provider_is_a_way_in_for_who_removes_the_password(
    acme, traveller, make
):
    acme()
    account = make.users.account("ada@example.com")
    make.providers.link("acme", account.id, subject="upstream-ada")
    traveller.browser.sign_in(account.email, account.password)
    traveller.browser.open("/account/password")
    traveller.browser.submit("/account/password/remove")
    assert make.records.user_row(account.id)["password_hash"] is None


def test_one_that_is_switched_off_is_no_way_in(acme, traveller, make):
    acme(disabled_at=utcnow())
    account = make.users.account("ada@example.com")
    make.providers.link("acme", account.id, subject="upstream-ada")
    traveller.browser.sign_in(account.email, account.password)
    assert "Switched off here" in traveller.browser.open(PATH).text
    page = traveller.browser.open("/account/password")
    assert "/account/password/remove" not in page.text


def test_both_take_a_proof_of_the_last_minutes(acme, traveller, owner, make, clock):
    acme()
    make.providers.link("acme", owner.id)
    clock.tick(minutes=11)
    traveller.browser.open(PATH)
    traveller.browser.submit(f"{PATH}/acme/unlink")
    assert traveller.at == "/account/confirm"


def test_who_has_no_password_confirms_by_the_provider(acme, traveller, make, clock):
    acme()
    account = make.users.account("ada@example.com", password=None)
    make.providers.link("acme", account.id, subject="upstream-ada")
    traveller.sign_in()
    clock.tick(minutes=11)
    traveller.browser.open("/account/data")
    traveller.browser.submit("/account/data/export")
    assert traveller.at == "/account/confirm"
    assert "Sign in once more to go on" in traveller.browser.text
    away = traveller.browser.send("/account/confirm/provider", provider="acme")
    assert "prompt=login" in away.location
    stale = traveller.peer.approve(away.location, auth_time=1)
    assert traveller.come_back(stale).status_code == 400
    assert "didn’t ask you to sign in again" in traveller.browser.text
    traveller.browser.open("/account/confirm?return_to=/account/data")
    away = traveller.browser.send("/account/confirm/provider", provider="acme")
    traveller.come_back(traveller.peer.approve(away.location))
    assert traveller.at == "/account/data"
    exported = traveller.browser.send("/account/data/export")
    assert exported.status_code == 200


def test_another_account_there_confirms_nothing(acme, traveller, make, clock):
    acme()
    account = make.users.account("ada@example.com", password=None)
    make.providers.link("acme", account.id, subject="upstream-ada")
    traveller.sign_in()
    clock.tick(minutes=11)
    traveller.browser.open("/account/confirm?return_to=/account/data")
    away = traveller.browser.send("/account/confirm/provider", provider="acme")
    traveller.come_back(traveller.peer.approve(away.location, sub="bob"))
    assert traveller.at == "/login/provider/link"
    traveller.browser.open("/account/data")
    traveller.browser.submit("/account/data/export")
    assert traveller.at == "/account/confirm"


def test_tokens_are_kept_when_asked_and_sealed(app, acme, traveller, make):
    acme(keeps_tokens=True, trust_email=True)
    traveller.sign_in(sub="eve", email="eve@example.com", email_verified=True)
    with app.app_context():
        sealed = db.session.scalars(select(LinkedIdentity.tokens_sealed)).one()
    assert sealed
    assert b"of-the-peer" not in sealed


def test_tokens_are_not_kept_else(app, acme, traveller, make):
    acme(trust_email=True)
    traveller.sign_in(sub="eve", email="eve@example.com", email_verified=True)
    with app.app_context():
        assert db.session.scalars(select(LinkedIdentity.tokens_sealed)).one() is None
