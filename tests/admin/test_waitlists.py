"""The pages about who waits for which feature."""

import pytest

from idp.core.db import db
from idp.organizations.contexts.places import acting_in
from idp.organizations.waitlists.entries import Waiter, sign_up
from tests.admin.pages.pages_of_clients import words_of
from tests.hosted_pages import read_page

LIST = "/admin/waitlists"


@pytest.fixture
def wait(app, clock):
    """Return a function that has a user wait for a feature."""

    def sign(user, feature, at=None):
        with app.app_context():
            clock.tick(seconds=1)
            sign_up(Waiter(user.id, at or acting_in(user.id, None)), feature)
            db.session.commit()

    return sign


def test_features_are_listed_and_lead_to_who_waits(admin, make, wait):
    assert "Nobody waits for a feature yet." in words_of(admin.open(LIST))
    ada = make.users.account("ada@example.org", name="Ada Lovelace")
    acme = make.organizations.organization(ada, name="Acme")
    wait(ada, "dark-mode")
    wait(ada, "dark-mode", at=acme)
    page = admin.open(LIST)
    assert f"{LIST}/dark-mode" in read_page(page).links
    words = words_of(admin.open(f"{LIST}/dark-mode"))
    assert words.count("ada@example.org") == 4  # and in the words of the buttons
    assert "Their own" in words
    assert "Acme" in words


def test_one_is_taken_off_in_one_organization(admin, make, wait):
    ada = make.users.account("ada@example.org")
    acme = make.organizations.organization(ada, name="Acme")
    wait(ada, "dark-mode")
    wait(ada, "dark-mode", at=acme)
    there = f"{LIST}/dark-mode"
    sent = {"user_id": ada.id, "organization_id": acme}
    answer = admin.send(there, sent)
    assert answer.status_code == 303
    words = words_of(admin.open(answer.location))
    assert "Removed." in words
    assert "Acme" not in words
    assert "Their own" in words
    assert make.records.audited("waitlist.removed")


def test_lists_go_on(admin, make, wait):
    for number in range(27):
        wait(make.users.account(f"n{number:02}@example.org"), "dark-mode")
    first = admin.open(f"{LIST}/dark-mode")
    assert "n24@example.org" in words_of(first)
    assert "n25@example.org" not in words_of(first)
    (on,) = [link for link in read_page(first).links if "cursor" in link]
    assert "n26@example.org" in words_of(admin.open(on))


def test_nobody_waits_for_what_is_unheard_of(admin):
    assert "Nobody waits for it." in words_of(admin.open(f"{LIST}/unheard%20of"))
