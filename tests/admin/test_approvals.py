"""Who waits for approval, as operators see it."""

import pytest

from tests.admin.pages.pages_of_clients import AdminBrowser, words_of

PAGE = "/admin/approvals"


@pytest.fixture
def waits(make):
    """Return a function that makes users who wait; it returns their ids."""
    return lambda *addresses: [make.users.waiting(each).id for each in addresses]


@pytest.fixture
def admin(http, make):
    make.browsers.sign_in(http, roles=["support"])
    return AdminBrowser(http)


def status_of(make, user_id):
    row = make.records.user_row(user_id)
    return row["status"] if row else None


class TestPage:
    def test_those_ticked_are_approved_or_declined(self, admin, make, waits):
        ada, bob, eve = waits("ada@a.example", "bob@a.example", "eve@a.example")
        words = words_of(admin.open(PAGE))
        assert "ada@a.example" in words
        assert "bob@a.example" in words
        sent = admin.send(PAGE, {"user": [ada, bob], "approve": "1"})
        assert sent.location == f"{PAGE}?done=approve"
        words = words_of(admin.open(sent.location))
        assert "They are approved" in words
        assert "ada@a.example" not in words
        admin.send(PAGE, {"user": [eve], "decline": "1"})
        assert [status_of(make, each) for each in (ada, bob)] == ["active"] * 2
        assert make.records.user_id_of("eve@a.example") is None
        assert "Nobody waits" in words_of(admin.open(PAGE))

    def test_who_has_not_proven_the_address_is_not_listed(self, admin, make):
        ada = make.users.waiting("ada@a.example", proven=False).id
        make.users.waiting("bob@a.example")
        assert "ada@a.example" not in words_of(admin.open(PAGE))
        sent = admin.send(PAGE, {"user": [ada], "approve": "1"})
        assert sent.location == f"{PAGE}?done=late"
        assert status_of(make, ada) == "pending"

    def test_it_is_searched_and_goes_on(self, admin, waits):
        waits(*(f"u{number:02}@a.example" for number in range(27)))
        page = admin.open(PAGE)
        assert "Next page" in words_of(page)
        found = words_of(admin.open(PAGE, query="u26"))
        assert "u26@a.example" in found
        assert "u25@a.example" not in found
        assert "Nobody who waits is like that" in words_of(admin.open(PAGE, query="x"))

    def test_without_a_tick_nothing_is_done(self, admin, waits):
        waits("ada@a.example")
        sent = admin.send(PAGE, {"approve": "1"})
        assert "Tick the accounts first" in words_of(admin.open(sent.location))

    def test_people_say_that_they_wait(self, admin, waits):
        [ada] = waits("ada@a.example")
        words = words_of(admin.open(f"/admin/users/{ada}"))
        assert "Waits for approval" in words
        assert "Let them in again" not in words
