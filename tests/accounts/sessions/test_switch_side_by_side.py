"""Two tabs of one browser that switch at once: one does, and no session is lost."""

from concurrent.futures import ThreadPoolExecutor
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
