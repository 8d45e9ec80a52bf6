"""A provider that another linked, or unlinked, is undone by the mailed link."""

import pytest
from sqlalchemy import func, select

from idp.core.clock import utcnow
from idp.core.db import db
from idp.federation.jobs import purge
from idp.federation.models import LinkChange
from tests.federation.travellers import subjects_of

PATH, LINKS = "/link-change/undo", "/account/links"
NEW_PASSWORD = "seven loud geese in the rain"


@pytest.fixture
def owner(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def thief(traveller, acme, owner, make, clock):
    """Somebody who knows Ada's password, and is at the provider too."""
    acme()
    make.providers.provider("other", name="Other")
    make.providers.link("other", owner.id, subject="hers", created_at=utcnow())
    clock.tick(minutes=1)
    traveller.browser.sign_in(owner.email, owner.password)
    return traveller


@pytest.fixture
def links(make, owner, clock):
    """Return the links in the notices, the oldest first; time goes on."""

    def found():
        clock.tick(seconds=60)
        mails = make.records.mails_to(owner.email)
        return [mail.link for mail in mails if mail.link.startswith(PATH)]

    return found


@pytest.fixture
def linked(app, owner):
    """Return who opens Ada's account at providers."""
    return lambda: sorted(subjects_of(app, owner.id))


def link_own(thief):
    thief.browser.open(LINKS)
    away = thief.browser.send(f"{LINKS}/acme").location
    thief.come_back(thief.peer.approve(away, sub="thief", email="t@acme.example"))
    thief.browser.submit("/login/provider/link")


def unlink(thief, provider):
    thief.browser.open(LINKS)
    thief.browser.submit(f"{LINKS}/{provider}/unlink")


def undo(browser, link):
    browser.open(link)
    return browser.submit(PATH)


def test_what_was_linked_goes_and_who_linked_it_is_out(
    thief, linked, another_traveller, browser, links
):
    link_own(thief)
    another_traveller.sign_in(sub="thief")
    assert another_traveller.signed_in
    [link] = links()
    assert "Unlink Acme again?" in browser.open(link).text
    assert "t@acme.example" in browser.text
    undo(browser, link)
    assert browser.title == "Set a new password – idp"
    assert linked() == ["hers"]
    assert not thief.signed_in
    assert not another_traveller.signed_in
    browser.submit(password=NEW_PASSWORD)
    thief.sign_in(sub="thief")
    assert not thief.signed_in


def test_what_was_unlinked_opens_the_account_again(thief, linked, browser, links):
    unlink(thief, "other")
    assert linked() == []
    [link] = links()
    assert "Link Other again?" in browser.open(link).text
    undo(browser, link)
    assert linked() == ["hers"]
    assert not thief.signed_in


def test_later_changes_are_undone_too_and_their_links_are_over(
    thief, linked, browser, links, clock
):
    link_own(thief)
    clock.tick(minutes=1)
    unlink(thief, "other")
    assert linked() == ["thief"]
    first, second = links()
    undo(browser, first)
    assert linked() == ["hers"]
    assert [browser.open(link).status_code for link in (first, second)] == [400, 400]


def test_it_is_undone_for_72_hours(thief, linked, browser, links, clock):
    link_own(thief)
    [link] = links()
    clock.tick(hours=71, minutes=58)
    assert browser.open(link).status_code == 200
    clock.tick(minutes=2)
    assert browser.open(link).status_code == 400
    assert "thief" in linked()


def test_a_forged_link_undoes_nothing(thief, linked, browser, links):
    link_own(thief)
    [link] = links()
    for forged in (f"{link}x", f"{PATH}?token=", f"{PATH}?token=%ff.%ff"):
        assert browser.open(forged).status_code == 400
    browser.open(link)
    browser.submit(PATH, token="a.b")
    assert browser.response.status_code == 400
    assert "thief" in linked()


def test_what_is_another_accounts_by_now_is_not_taken_back(
    thief, linked, browser, make, links
):
    unlink(thief, "other")
    bob = make.users.account("bob@example.com")
    make.providers.link("other", bob.id, subject="hers")
    undo(browser, links()[0])
    assert linked() == []
    assert make.records.audited_details("provider.linked") == [
        {"provider": "other", "undone": True}
    ]


def test_linking_by_address_is_undone_too(acme, traveller, linked, browser, links):
    acme(trust_email=True, link="verified")
    traveller.sign_in(sub="m", email="ada@example.com", email_verified=True)
    assert traveller.signed_in
    [link] = links()
    undo(browser, link)
    assert linked() == []
    assert not traveller.signed_in


def test_what_can_be_undone_no_more_is_forgotten(app, thief, clock):
    link_own(thief)

    def kept():
        with app.app_context():
            purge(utcnow())
            found = db.session.scalar(select(func.count()).select_from(LinkChange))
            db.session.commit()
            return found

    clock.tick(hours=71)
    assert kept() == 1
    clock.tick(hours=2)
    assert kept() == 0
