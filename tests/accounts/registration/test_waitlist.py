"""The waitlist for new accounts: from the page to the first sign-in."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from idp.accounts import jobs, mail_answers
from idp.accounts.models import WaitingPlace
from idp.accounts.registration.waitlist.letting_in import (
    NotWaiting,
    let_in,
    let_in_next,
)
from idp.core.clock import utcnow
from idp.core.db import db
from tests.make_users import PASSWORD
from tests.rp import RelyingParty

ADDRESS = "ada@example.com"
PAGE = "/register/waitlist"


@pytest.fixture(params=["open", "private"])
def environ(request):
    return {"IDP_REGISTRATION": "waitlist", "IDP_ACCOUNT_PRIVACY": request.param}


def answer_mails(app):
    with app.app_context():
        while mail_answers.answer_due():
            pass


def ask(app, browser, address=ADDRESS, **typed):
    browser.open(PAGE)
    browser.submit(email=address, **typed)
    answer_mails(app)


def kinds(make, address=ADDRESS):
    return [mail.kind for mail in make.records.mails_to(address)]


def link(make, address=ADDRESS):
    return make.records.mails_to(address)[-1].link


def join(app, browser, make, address=ADDRESS):
    """Ask for a place and confirm it; return the link that leads to it."""
    ask(app, browser, address)
    own = link(make, address)
    browser.open(own)
    browser.submit(confirm="1")
    return own


def admit(app, make, *addresses):
    """Let people in as an operator; return the links that they are mailed."""
    with app.app_context():
        wanted = WaitingPlace.email_key.in_(addresses)
        ids = db.session.scalars(select(WaitingPlace.id).where(wanted)).all()
        let_in(ids, by="operator")
        db.session.commit()
    return [link(make, address) for address in addresses]


def count_places(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(WaitingPlace))


def test_a_place_is_asked_for_confirmed_and_counted(app, browser, make):
    browser.open("/login")
    assert PAGE in browser.page.links
    browser.open("/register")
    assert PAGE in browser.page.links
    ask(app, browser, note="  for my \n choir ")
    assert "We’ve sent a message to ada@example.com" in browser.text
    assert kinds(make) == ["waitlist_confirm"]
    browser.open(link(make))
    assert "Confirm your place" in browser.text
    browser.submit(confirm="1")
    assert "Your position is 1" in browser.text
    second = join(app, browser, make, "bob@example.com")
    assert "Your position is 2" in browser.text
    browser.open(link(make))
    browser.submit(leave="1")
    assert "You left the waitlist" in browser.text
    browser.open(second)
    assert "Your position is 1" in browser.text


def test_who_asks_again_has_one_place(app, browser, make):
    own = join(app, browser, make)
    ask(app, browser, "ADA@example.com")
    assert kinds(make) == ["waitlist_confirm", "waitlist_place"]
    assert link(make) == own
    assert count_places(app) == 1


def test_who_left_comes_back_to_the_end(app, browser, make):
    own = join(app, browser, make)
    join(app, browser, make, "bob@example.com")
    browser.open(own)
    browser.submit(leave="1")
    assert browser.open(own).status_code == 400
    assert join(app, browser, make) == own
    assert "Your position is 2" in browser.text


def test_who_is_let_in_signs_up_by_the_link_with_that_address(app, browser, make):
    join(app, browser, make)
    [opens] = admit(app, make, ADDRESS)
    assert "/register?admit=" in opens
    browser.open(opens)
    assert dict(browser.page.forms[0].fields)["email"] == ADDRESS
    browser.submit(email="eve@example.com", password=PASSWORD)
    assert "You were let in with another address." in browser.text
    browser.open(opens)
    browser.submit(password="short")
    assert "Use at least 12 characters." in browser.text
    browser.submit(password=PASSWORD)
    assert browser.response.request.path == "/account"
    row = make.records.user_row(make.records.user_id_of(ADDRESS))
    assert row["email_verified_at"]
    assert row["status"] == "active"
    assert make.records.audited_details("register")[-1]["by"] == "waitlist"
    assert count_places(app) == 0
    assert "verify_email" not in kinds(make)


def test_who_came_from_an_app_is_led_back_to_it(app, browser, make):
    spa = make.clients.spa(client_uri="https://notes.example/start")
    browser.follow(RelyingParty(browser.http, spa).ask())
    waits = next(url for url in browser.page.links if url.startswith(PAGE))
    browser.open(waits)
    browser.submit(email=ADDRESS)
    answer_mails(app)
    browser.open(link(make))
    browser.submit(confirm="1")
    [opens] = admit(app, make, ADDRESS)
    assert "\nTo go on to Notes\n" in make.records.mail_to(ADDRESS).text
    browser.open(opens)
    browser.submit(password=PASSWORD)
    assert browser.response.request.path == "/register/welcome"
    assert "Go to Notes" in browser.text
    assert "https://notes.example/start" in browser.page.links
    browser.open("/register/welcome?client_id=no-such-app")
    assert browser.response.request.path == "/account"


def test_the_link_works_once_and_for_seven_days(app, another_browser, make, clock):
    join(app, another_browser(), make)
    [opens] = admit(app, make, ADDRESS)
    clock.tick(days=7)
    late = another_browser()
    assert late.open(opens).status_code == 403
    assert "This link doesn’t work any more" in late.text
    [opens] = admit(app, make, ADDRESS)
    first = another_browser()
    first.open(opens)
    first.submit(password=PASSWORD)
    assert another_browser().open(opens).status_code == 403


def test_nobody_is_let_in_who_has_not_confirmed_or_has_left(app, browser, make):
    ask(app, browser)
    own = join(app, browser, make, "bob@example.com")
    browser.open(own)
    browser.submit(leave="1")
    join(app, browser, make, "cid@example.com")
    with app.app_context():
        assert len(let_in_next(10, by="operator")) == 1
        db.session.commit()
    assert kinds(make, "cid@example.com")[-1] == "waitlist_admitted"


def test_a_link_that_nobody_was_mailed_shows_nothing(browser, app, make):
    own = join(app, browser, make)
    forged = own[:-2] + ("aa" if not own.endswith("aa") else "bb")
    for path in (forged, own.split("?")[0], f"{own.split('?')[0]}?token=%00"):
        assert browser.open(path).status_code == 400
        assert ADDRESS not in browser.text


def test_who_has_an_account_is_mailed_that_and_nobody_else_learns(
    app, another_browser, make
):
    make.users.account("known@example.com")
    pages = set()
    for address in ("known@example.com", "new@example.com"):
        browser = another_browser()
        ask(app, browser, address)
        text = browser.text.replace(address, "ADDRESS")
        pages.add((browser.response.status_code, text))
    assert len(pages) == 1
    assert kinds(make, "known@example.com") == ["account_exists"]
    assert count_places(app) == 1


def test_asking_costs_the_same_statements_for_all(app, browser, make, statements):
    make.users.account("known@example.com")
    join(app, browser, make)
    seen = []
    for address in ("warm@example.com", "known@example.com", "new@a.example", ADDRESS):
        browser.open(PAGE)
        with statements() as asked:
            browser.send(email=address)
        seen.append(len(asked))
    assert len(set(seen[1:])) == 1


@pytest.mark.parametrize("_time", range(3))
def test_of_two_who_use_a_link_at_once_one_signs_up(app, another_browser, make, _time):
    join(app, another_browser(), make)
    [opens] = admit(app, make, ADDRESS)
    browsers = [another_browser() for _ in range(4)]
    for browser in browsers:
        browser.open(opens)

    def sign_up(browser):
        return browser.send(password=PASSWORD).status_code

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = sorted(pool.map(sign_up, browsers))
    assert answers.count(303) == 1
    assert set(answers) <= {200, 303, 403}


@pytest.mark.parametrize("_time", range(3))
def test_of_two_operators_at_once_one_lets_in(app, browser, make, _time):
    join(app, browser, make)

    def run(_number):
        with app.app_context():
            try:
                done = let_in_next(1, by="operator")
                db.session.commit()
            except NotWaiting as refusal:
                return refusal.code
            return done and "let in"

    with ThreadPoolExecutor(4) as pool:
        done = sorted(pool.map(run, range(4)))
    assert done == ["let in"] + ["not_waiting"] * 3
    assert kinds(make).count("waitlist_admitted") == 1


def test_what_leads_nowhere_is_forgotten(app, browser, make, clock):
    ask(app, browser, "asked@example.com")
    own = join(app, browser, make, "left@example.com")
    browser.open(own)
    browser.submit(leave="1")
    join(app, browser, make, "admitted@example.com")
    admit(app, make, "admitted@example.com")
    join(app, browser, make, "waits@example.com")
    for days, left in ((6, 4), (2, 3), (23, 2), (67, 1)):
        clock.tick(days=days)
        with app.app_context():
            jobs.purge(utcnow())
            db.session.commit()
        assert count_places(app) == left


class TestNoWaitlist:
    @pytest.fixture
    def environ(self):
        return {"IDP_REGISTRATION_DOMAINS": "a.example"}

    def test_there_is_no_waitlist_where_it_lets_nobody_in(self, browser):
        browser.open(PAGE)
        assert browser.response.request.path == "/register"

    def test_an_address_of_another_domain_is_told(self, browser, make):
        make.policies.decide(registration="waitlist")
        browser.open(PAGE)
        browser.submit(email="ada@b.example")
        assert "addresses of certain domains" in browser.text

    def test_an_app_can_have_one(self, browser, make):
        spa = make.clients.spa()
        make.policies.decide("client", spa.client_id, registration="waitlist")
        browser.open(PAGE)
        assert browser.response.request.path == PAGE
