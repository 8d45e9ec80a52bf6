"""/api/admin/waitlists: who waits for which feature, and taking people off."""

import pytest

from idp.core.db import db
from idp.organizations.contexts.places import acting_in
from idp.organizations.waitlists.entries import Waiter, sign_up
from tests.api.callers import problem

PATH = "/api/admin/waitlists"


@pytest.fixture
def root(make):
    return make.users.account(roles=["support"])


@pytest.fixture
def operator(program, root):
    program.sign_in(root)
    return program


@pytest.fixture
def wait(app, clock):
    """Return a function that has a user wait for features, one minute after another."""

    def sign(user, *features, at=None):
        with app.app_context():
            for feature in features:
                clock.tick(seconds=60)
                where = at or acting_in(user.id, None)
                sign_up(Waiter(user.id, where), feature)
            db.session.commit()

    return sign


def test_features_are_listed_with_how_many_wait(operator, make, wait):
    ada, grace = make.users.account(), make.users.account()
    wait(ada, "dark-mode", "api")
    wait(grace, "dark-mode")
    api, dark = operator.get(PATH).json["items"]
    assert (api["feature"], api["waiting"]) == ("api", 1)
    assert (dark["feature"], dark["waiting"]) == ("dark-mode", 2)
    assert dark["first_at"] < dark["newest_at"]


def test_lists_go_by_page(operator, make, wait):
    wait(make.users.account(), "a", "b", "c")
    first = operator.get(f"{PATH}?limit=2").json
    assert [each["feature"] for each in first["items"]] == ["a", "b"]
    rest = operator.get(f"{PATH}?limit=2&cursor={first['next_cursor']}").json
    assert [each["feature"] for each in rest["items"]] == ["c"]
    assert rest["next_cursor"] is None


def test_who_waits_longest_is_first(operator, make, wait):
    people = [make.users.account() for _ in range(3)]
    acme = make.organizations.organization(people[1], name="Acme")
    wait(people[2], "dark-mode")
    wait(people[1], "dark-mode", at=acme)
    wait(people[0], "dark-mode")
    first = operator.get(f"{PATH}/dark-mode?limit=2").json
    assert [each["user_id"] for each in first["items"]] == [
        people[2].id,
        people[1].id,
    ]
    assert [each["personal"] for each in first["items"]] == [True, False]
    assert first["items"][1]["organization_name"] == "Acme"
    rest = operator.get(f"{PATH}/dark-mode?cursor={first['next_cursor']}").json
    assert [each["user_id"] for each in rest["items"]] == [people[0].id]
    assert operator.get(f"{PATH}/unheard-of").json["items"] == []


def test_one_is_taken_off_and_the_log_says_so(operator, make, wait, root):
    ada = make.users.account()
    wait(ada, "dark-mode", "api")
    (place,) = operator.get(f"{PATH}/dark-mode").json["items"]
    path = f"{PATH}/dark-mode/{place['organization_id']}/{ada.id}"
    for _ in range(2):
        assert operator.send("DELETE", path).status_code == 204
    assert operator.get(f"{PATH}/dark-mode").json["items"] == []
    assert len(operator.get(f"{PATH}/api").json["items"]) == 1
    assert make.records.audited("waitlist.removed") == [("ok", root.id)]


def test_who_may_not_is_refused(program, make):
    program.sign_in(make.users.account(roles=["auditor"]))
    assert problem(program.get(PATH)) == (403, "not_permitted")
