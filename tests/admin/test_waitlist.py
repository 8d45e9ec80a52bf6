"""/admin/waitlist: letting people in, singly and in bulk."""

import pytest

from tests.admin.pages.pages_of_clients import AdminBrowser, words_of

PAGE = "/admin/waitlist"


@pytest.fixture
def admin(http, make):
    make.browsers.sign_in(http, roles=["support"])
    return AdminBrowser(http)


def mailed(make, *names):
    return [
        [mail.kind for mail in make.records.mails_to(f"{name}@a.example")]
        for name in names
    ]


def test_those_ticked_are_let_in_or_removed(admin, make, clock):
    ada, bob, cid = (
        make.users.place(f"{who}@a.example") for who in ("ada", "bob", "cid")
    )
    words = words_of(admin.open(PAGE))
    assert "I am ada@a.example" in words
    sent = admin.send(PAGE, {"place": [ada, bob], "admit": "1"})
    words = words_of(admin.open(sent.location))
    assert "They are mailed a link" in words
    assert "ada@a.example" not in words
    assert mailed(make, "ada", "bob", "cid") == [["waitlist_admitted"]] * 2 + [[]]
    admin.send(PAGE, {"place": [cid], "remove": "1"})
    assert "Nobody waits" in words_of(admin.open(PAGE))
    admitted = words_of(admin.open(PAGE, state="admitted"))
    assert "ada@a.example" in admitted
    assert "cid@a.example" not in admitted


def test_the_next_are_let_in_in_order(admin, make, clock):
    for number in range(12):
        make.users.place(f"u{number:02}@a.example")
        clock.tick(seconds=1)
    admin.send(PAGE, {"next": "1"})
    words = words_of(admin.open(PAGE))
    assert "u09@a.example" not in words
    assert "u10@a.example" in words


def test_a_link_that_ran_out_is_followed_by_another(admin, make, clock):
    ada = make.users.place("ada@a.example")
    path = f"{PAGE}?state=admitted"
    admin.send(PAGE, {"place": [ada], "admit": "1"})
    sent = admin.send(path, {"place": [ada], "admit": "1"})
    assert sent.location.endswith("done=late")
    clock.tick(days=7)
    make.browsers.sign_in(admin.http, roles=["support"])
    admin.send(path, {"place": [ada], "admit": "1"})
    assert mailed(make, "ada") == [["waitlist_admitted"] * 2]


def test_it_is_searched_by_address_note_and_state(admin, make):
    make.users.place("ada@a.example")
    make.users.place("bob@a.example", confirmed=False)
    assert "ada@a.example" in words_of(admin.open(PAGE, query="i am ada"))
    assert "Nobody is like that" in words_of(admin.open(PAGE, query="bob"))
    asked = words_of(admin.open(PAGE, state="asked"))
    assert "bob@a.example" in asked
    assert "Let in those ticked" not in asked


def test_without_a_tick_nothing_is_done(admin, make):
    make.users.place("ada@a.example")
    sent = admin.send(PAGE, {"admit": "1"})
    assert "Tick the people first" in words_of(admin.open(sent.location))


def test_where_there_is_none_the_page_leads_to_the_policies(admin):
    assert "there is no waitlist" in words_of(admin.open(PAGE))
