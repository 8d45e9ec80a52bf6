"""Two tabs of one browser that switch at once: one does, and no session is lost."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from idp.accounts.models import BrowserSession
from idp.core.db import db
from idp.core.randomness import digest
from tests.browsing import Browser

ACTIVE, MORE = "__Host-idp", "__Host-idp-more"
ROUNDS = 5


@pytest.fixture
def people(make):
    return [make.users.account() for _ in range(3)]


@pytest.fixture
def browser(browser, make, people):
    """A browser with three accounts."""
    make.browsers.sign_in(browser.http, person=people[0])
    make.browsers.further(browser.http, *people[1:])
    return browser


def tabs_of(app, browser, count=2):
    """Return tabs that show the chooser, each with the cookies as they are now."""
    tabs = []
    for _ in range(count):
        tab = Browser(app)
        for name in (ACTIVE, MORE):
            tab.use_cookie(browser.cookie(name), name)
        tab.open("/login/select")
        tabs.append(tab)
    return tabs


def switch_at_once(tabs, people):
    """Have each tab switch to one of these at the same moment; return the answers."""
    barrier = Barrier(len(tabs))

    def switch(tab, person):
        barrier.wait()
        return tab.send("/login/select", account=person.id)

    with ThreadPoolExecutor(len(tabs)) as pool:
        return list(pool.map(switch, tabs, people))


def others_of(browser):
    """Return the two who are not active, as the chooser has them."""
    browser.open("/login/select")
    forms = [form for form in browser.page.forms if form.action == "/login/select"]
    return [dict(form.fields)["account"] for form in forms[1:3]]


def live_digests(app):
    with app.app_context():
        live = db.session.query(BrowserSession).filter_by(ended_at=None)
        return sorted(row.token_digest for row in live)


def live_of(app, *people):
    with app.app_context():
        users = [person.id for person in people]
        live = db.session.query(BrowserSession).filter_by(ended_at=None)
        return {row.token_digest for row in live if row.user_id in users}


def held_digests(browser):
    tokens = [browser.cookie(ACTIVE), *browser.cookie(MORE).split(".")]
    return sorted(digest(token) for token in tokens)


@pytest.mark.parametrize("same", [False, True], ids=["to different", "to the same"])
def test_of_two_tabs_that_switch_at_once_one_does(app, browser, people, same):
    by_id = {person.id: person for person in people}
    for _ in range(ROUNDS):
        first, second = (by_id[user_id] for user_id in others_of(browser))
        tabs = tabs_of(app, browser)
        answers = switch_at_once(tabs, [first, first if same else second])
        assert {answer.status_code for answer in answers} <= {200, 303}
        switched = [
            tab
            for tab, answer in zip(tabs, answers, strict=True)
            if f"{ACTIVE}=" in str(answer.headers.getlist("Set-Cookie"))
        ]
        assert len(switched) == 1
        for name in (ACTIVE, MORE):
            browser.use_cookie(switched[0].cookie(name), name)
        assert held_digests(browser) == live_digests(app)


def test_who_comes_second_changes_no_cookie_and_finds_the_chooser(app, browser, people):
    early, late = tabs_of(app, browser)
    early.submit("/login/select", account=people[1].id)
    answer = late.send("/login/select", account=people[2].id)
    assert answer.status_code == 303
    assert answer.location.startswith("/login/select")
    assert "__Host-idp" not in str(answer.headers.getlist("Set-Cookie"))
    assert held_digests(early) == live_digests(app)


def at_once(*acts):
    """Have each tab act at the same moment; return the answers."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def after(browser, *tabs):
    """Return whose sessions a browser holds that takes the tabs' answers in turn."""
    held = {name: browser.cookie(name) for name in (ACTIVE, MORE)}
    for tab in tabs:
        for name in (ACTIVE, MORE):
            if tab.cookie(name) != browser.cookie(name):
                held[name] = tab.cookie(name)
    tokens = [held[ACTIVE], *(held[MORE] or "").split(".")]
    return {digest(token) for token in tokens if token}


def three_accounts(make, browser):
    """Have a browser hold three accounts, and no other; return whose."""
    people = [make.users.account() for _ in range(3)]
    make.browsers.sign_in(browser.http, person=people[0])
    make.browsers.further(browser.http, *people[1:])
    return people


@pytest.mark.parametrize("again", [False, True], ids=["somebody", "one who is here"])
def test_a_sign_in_and_a_switch_at_once_lose_nobody_who_is_not_active(
    app, make, another_browser, again
):
    for _ in range(ROUNDS):
        browser = another_browser()
        people = three_accounts(make, browser)
        switching, adding = tabs_of(app, browser)
        adding.open("/login?switch=1")
        arriving = people[2] if again else make.users.account()
        typed = {"username": arriving.email, "password": arriving.password}
        answers = at_once(
            partial(switching.send, "/login/select", account=people[1].id),
            partial(adding.send, "/login", **typed),
        )
        assert {answer.status_code for answer in answers} <= {200, 303, 409}
        live = live_of(app, *people, arriving)
        for tabs in ((switching, adding), (adding, switching)):
            assert len(live - after(browser, *tabs)) <= 1


def test_a_sign_in_whose_cookies_are_outdated_leaves_the_others(
    app, browser, people, make
):
    switching, adding = tabs_of(app, browser)
    adding.open("/login?switch=1")
    switching.send("/login/select", account=people[1].id)
    eve = make.users.account()
    answer = adding.send("/login", username=eve.email, password=eve.password)
    assert MORE not in str(answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("whom", [0, 2], ids=["the active one", "another"])
def test_a_sign_out_and_a_switch_at_once_lose_nobody_else(
    app, make, another_browser, whom
):
    for _ in range(ROUNDS):
        browser = another_browser()
        people = three_accounts(make, browser)
        switching, leaving = tabs_of(app, browser)
        at_once(
            partial(switching.send, "/login/select", account=people[1].id),
            partial(leaving.send, "/login/select", sign_out=people[whom].id),
        )
        live = live_of(app, *people)
        for tabs in ((switching, leaving), (leaving, switching)):
            assert live <= after(browser, *tabs)
