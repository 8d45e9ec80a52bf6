"""The old address stays with, or takes back, its account."""

import pytest

from idp.accounts.email.change import request_change
from idp.accounts.jobs import purge
from idp.accounts.sign_in.reauthentication import ReauthCredential
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.core.db import db
from idp.security.requester import Requester
from tests.oauth.calls import refresh

NEW_PASSWORD = "seven loud geese in the rain"
OLD, NEW, LATER = "old@example.com", "new@example.com", "later@example.com"


@pytest.fixture
def ada(make):
    return make.users.account(OLD)


@pytest.fixture
def thief(browser, ada):
    """A browser of somebody who knows Ada's password."""
    browser.sign_in(ada.email, ada.password)
    return browser


def switch(browser, make, address=NEW):
    """Switch the account by the page and the mailed link."""
    browser.open("/account/email")
    browser.submit("/account/email", new_email=address)
    browser.open(make.records.mail_to(address).link)
    browser.submit()


def undo(browser, link):
    """Open a notice's link and press its button."""
    browser.open(link)
    return browser.submit()


def email_of(make, account):
    return make.records.user_row(account.id)["email"]


def test_the_old_address_takes_its_account_back(thief, make, ada, another_browser):
    switch(thief, make)
    owner = another_browser()
    undo(owner, make.records.mail_to(OLD).link)
    assert owner.title == "Set a new password – idp"
    assert email_of(make, ada) == OLD
    assert make.records.audited("email.changed") == [("ok", ada.id)] * 2


def test_the_notice_of_the_request_works_after_the_switch_too(thief, make, ada):
    switch(thief, make)
    undo(thief, make.records.mails_to(OLD)[0].link)
    assert email_of(make, ada) == OLD


def test_everybody_is_signed_out_by_it(thief, make, another_browser):
    switch(thief, make)
    undo(another_browser(), make.records.mail_to(OLD).link)
    thief.open("/account")
    assert thief.title == "Sign in – idp"


def test_no_token_and_no_known_password_survives_it(
    http, thief, make, ada, another_browser
):
    spa = make.clients.spa()
    session = make.browsers.sign_in(another_browser().http, person=ada).session_id
    token = make.tokens.refresh_token(
        spa, person=(ada.id, session), scope="openid offline_access"
    )
    switch(thief, make)
    owner = another_browser()
    undo(owner, make.records.mail_to(OLD).link)
    assert refresh(http, spa, token).status_code == 400
    thief.sign_in(OLD, ada.password)
    assert "isn’t right" in thief.text
    owner.submit(password=NEW_PASSWORD)
    owner.submit(username=OLD, password=NEW_PASSWORD)
    assert owner.response.request.path == "/account"


def test_the_page_of_the_new_password_works_once_and_for_half_an_hour(
    thief, make, another_browser, clock
):
    switch(thief, make)
    owner = another_browser()
    owner.open(make.records.mail_to(OLD).link)
    path = owner.send().location
    clock.tick(minutes=29)
    assert owner.open(path).status_code == 200
    clock.tick(minutes=1)
    assert owner.open(path).status_code == 400


def test_before_the_switch_it_stops_the_switch(thief, make, ada):
    thief.open("/account/email")
    thief.submit("/account/email", new_email=NEW)
    undo(thief, make.records.mail_to(OLD).link)
    assert thief.open(make.records.mail_to(NEW).link).status_code == 400
    assert email_of(make, ada) == OLD


def test_looking_changes_nothing(thief, make, ada):
    switch(thief, make)
    for _ in range(3):
        thief.http.get(make.records.mail_to(OLD).link)
    assert email_of(make, ada) == NEW


def test_it_works_once(thief, make):
    switch(thief, make)
    link = make.records.mail_to(OLD).link
    undo(thief, link)
    assert thief.open(link).status_code == 400


def test_it_works_for_three_days_after_the_switch(thief, make, ada, clock):
    thief.open("/account/email")
    thief.submit("/account/email", new_email=NEW)
    clock.tick(hours=20)
    thief.open(make.records.mail_to(NEW).link)
    thief.submit()
    clock.tick(hours=71)
    undo(thief, make.records.mail_to(OLD).link)
    assert email_of(make, ada) == OLD


def test_it_ends_after_three_days(thief, make, ada, clock):
    switch(thief, make)
    clock.tick(hours=72, seconds=1)
    assert thief.open(make.records.mail_to(OLD).link).status_code == 400
    assert email_of(make, ada) == NEW


def test_the_oldest_address_has_the_last_word(thief, make, ada):
    switch(thief, make)
    switch(thief, make, LATER)
    of_thief, of_owner = make.records.mail_to(NEW).link, make.records.mail_to(OLD).link
    undo(thief, of_owner)
    assert email_of(make, ada) == OLD
    assert thief.open(of_thief).status_code == 400


def test_a_later_address_cannot_take_the_way_back_from_an_older_one(thief, make, ada):
    switch(thief, make)
    switch(thief, make, LATER)
    undo(thief, make.records.mail_to(NEW).link)
    assert email_of(make, ada) == NEW
    undo(thief, make.records.mails_to(OLD)[0].link)
    assert email_of(make, ada) == OLD


def test_what_was_mailed_to_the_new_address_is_void(thief, make, ada):
    switch(thief, make)
    link = make.users.sign_in_link(ada)
    undo(thief, make.records.mail_to(OLD).link)
    assert thief.open(link).status_code == 400


def test_nobody_gets_the_old_address_while_it_may_return(thief, make, another_browser):
    switch(thief, make)
    stranger = another_browser()
    stranger.open("/register")
    stranger.submit(email=OLD, password="nine quiet otters by the lake")
    assert "belonged to another account until lately" in stranger.text


def test_afterwards_the_old_address_is_free(thief, make, another_browser, clock):
    switch(thief, make)
    clock.tick(hours=72, seconds=1)
    stranger = another_browser()
    stranger.open("/register")
    stranger.submit(email=OLD, password="nine quiet otters by the lake")
    assert make.records.user_id_of(OLD) is not None


def test_its_own_person_may_switch_back_at_any_time(thief, make, ada):
    switch(thief, make)
    switch(thief, make, OLD)
    assert email_of(make, ada) == OLD


def test_an_address_that_was_never_proven_has_no_way_back(app, make, browser):
    """It may be a stranger's, mistyped at sign-up; the rule stands without the page."""
    typo = make.users.account("typo@example.com", email_verified=False)
    with app.app_context():
        request_change(
            get_user(typo.id),
            new_email=NEW,
            credential=ReauthCredential(utcnow()),
            requester=Requester(),
        )
        db.session.commit()
    browser.open(make.records.mail_to(NEW).link)
    browser.submit()
    assert email_of(make, typo) == NEW
    assert make.records.mails_to("typo@example.com") == []


@pytest.mark.parametrize("token", ["", "x", ".", "é.é", "0" * 32 + ".AAAA"])
def test_a_forged_link_is_over(browser, token):
    assert browser.open(f"/email-change/undo?token={token}").status_code == 400


def test_a_link_does_not_undo_another_change(thief, make, ada, another_browser):
    grace = make.users.account("grace@example.com")
    other = another_browser()
    other.sign_in(grace.email, grace.password)
    switch(thief, make)
    switch(other, make, LATER)
    (of_ada, of_grace) = (
        make.records.mail_to(OLD).token,
        make.records.mail_to(grace.email).token,
    )
    mixed = f"{of_ada.partition('.')[0]}.{of_grace.partition('.')[2]}"
    assert other.open(f"/email-change/undo?token={mixed}").status_code == 400


def test_old_changes_are_forgotten(app, thief, make, clock):
    switch(thief, make)
    clock.tick(days=8)
    with app.app_context():
        assert purge(utcnow()) > 0
        db.session.commit()
        left = db.session.execute(db.text("SELECT count(*) FROM email_changes"))
        assert left.scalar_one() == 0
