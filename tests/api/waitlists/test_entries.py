"""/waitlist: for which features one waits, as an SDK asks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from idp.core.db import db
from idp.organizations.models import WaitlistEntry
from idp.organizations.waitlists import entries
from tests.api.callers import Program, bearer, problem
from tests.oauth.organizations.contexts import remove

AT_ONCE, ROUNDS = 6, 4


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def acme(make, ada):
    made = make.organizations.organization(make.users.account(), name="Acme")
    make.organizations.add(made, ada)
    return made


@pytest.fixture
def hers(program, ada):
    """A program that speaks for Ada, in no organization's context."""
    program.sign_in(ada)
    return program


def enter(program, organization_id) -> None:
    """Go on in an organization's context."""
    body = {"organization_id": organization_id}
    program.headers = bearer(program.post("/auth/organization", body).json)


def features(caller) -> list[str]:
    return [each["feature"] for each in caller.get("/waitlist").json]


def test_who_signs_up_is_on_the_list(hers, clock):
    assert hers.get("/waitlist").json == []
    answer = hers.put("/waitlist/dark-mode")
    assert (answer.status_code, answer.data) == (204, b"")
    clock.tick(seconds=60)
    hers.put("/waitlist/api.v2")
    first, second = hers.get("/waitlist").json
    assert (first["feature"], second["feature"]) == ("dark-mode", "api.v2")
    one = hers.get("/waitlist/dark-mode").json
    assert one == first | {"signed_up": True}


def test_who_is_not_signed_up_is_told_so_and_never_404(hers):
    answer = hers.get("/waitlist/unheard-of")
    assert answer.status_code == 200
    assert answer.json == {"feature": "unheard-of", "signed_up": False}


def test_signing_up_and_leaving_are_204_however_often(hers, clock):
    hers.put("/waitlist/dark-mode")
    since = hers.get("/waitlist/dark-mode").json["created_at"]
    clock.tick(seconds=60)
    assert hers.put("/waitlist/dark-mode").status_code == 204
    assert hers.get("/waitlist/dark-mode").json["created_at"] == since
    for _ in range(2):
        assert hers.send("DELETE", "/waitlist/dark-mode").status_code == 204
    assert hers.get("/waitlist").json == []


@pytest.mark.parametrize("name", ["-x", ".x", "X", "a b", "é", "a" * 65, "a%0A", "_x"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_no_feature_can_be_called_is_400(hers, method, name):
    answer = hers.send(method, f"/waitlist/{name}")
    assert problem(answer) == (400, "invalid_feature")


@pytest.mark.parametrize("name", ["0", "a" * 64, "a.b_c-d", "2fa"])
def test_what_a_feature_can_be_called(hers, name):
    assert hers.put(f"/waitlist/{name}").status_code == 204
    assert features(hers) == [name]


def test_each_organization_has_a_list_of_its_own(hers, acme):
    hers.put("/waitlist/personal")
    enter(hers, acme)
    assert features(hers) == []
    hers.put("/waitlist/shared")
    assert features(hers) == ["shared"]


def test_others_are_not_on_it(app, make, hers):
    hers.put("/waitlist/dark-mode")
    other = Program(app.test_client(use_cookies=False))
    other.sign_in(make.users.account())
    assert other.get("/waitlist").json == []
    assert other.get("/waitlist/dark-mode").json["signed_up"] is False


def test_a_script_with_cookies_is_in_the_context_of_its_session(spa, ada, acme):
    spa.sign_in(ada)
    spa.put("/waitlist/personal")
    spa.post("/auth/organization", {"organization_id": acme})
    spa.put("/waitlist/shared")
    assert features(spa) == ["shared"]


def test_who_leaves_the_organization_waits_there_no_more(make, spa, ada, acme):
    spa.sign_in(ada)
    spa.put("/waitlist/personal")
    spa.post("/auth/organization", {"organization_id": acme})
    spa.put("/waitlist/shared")
    remove(make, acme, ada)
    assert features(spa) == ["personal"]
    make.organizations.add(acme, ada)
    spa.post("/auth/organization", {"organization_id": acme})
    assert features(spa) == []


def test_there_is_an_end_to_how_many_one_is_on(hers, monkeypatch):
    monkeypatch.setattr(entries, "MOST_FEATURES", 2)
    for name in ("a", "b", "b"):
        assert hers.put(f"/waitlist/{name}").status_code == 204
    assert problem(hers.put("/waitlist/c")) == (409, "too_many_features")


def test_nobody_else_may(program):
    for method in ("GET", "PUT", "DELETE"):
        assert problem(program.send(method, "/waitlist/a"))[0] == 401


def test_many_sign_ups_at_once_are_one_place_and_all_204(app, hers, ada):
    for number in range(ROUNDS):
        path, barrier = f"/waitlist/feature-{number}", Barrier(AT_ONCE)

        def send(method, path=path, barrier=barrier):
            caller = Program(app.test_client(use_cookies=False))
            caller.headers = hers.headers
            barrier.wait()
            return caller.send(method, path).status_code

        with ThreadPoolExecutor(AT_ONCE) as pool:
            assert set(pool.map(send, ["PUT"] * AT_ONCE)) == {204}
        with app.app_context():
            assert db.session.query(WaitlistEntry).count() == number + 1
    barrier = Barrier(AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        mixed = pool.map(
            lambda method: send(method, "/waitlist/feature-0", barrier),
            ["PUT", "DELETE"] * (AT_ONCE // 2),
        )
        assert set(mixed) == {204}
