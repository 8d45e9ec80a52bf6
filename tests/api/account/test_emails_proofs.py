"""/account/emails changes nothing without a proof of the last minutes."""

import pytest

from tests.api.callers import declined, fields, problem
from tests.api.proofs import confirm, eleven_minutes

pytestmark = pytest.mark.usefixtures("clock")
PATH, HOME = "/account/emails", "home@example.com"
STALE = (403, "reauthentication_required")


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def home(make, ada):
    """The path of a further address."""
    return f"{PATH}/{make.users.further_email(ada, HOME)}"


@pytest.fixture(params=["program", "spa"])
def signed_in(request, ada):
    who = request.getfixturevalue(request.param)
    who.answer = who.sign_in(ada)
    return who


def primary(caller):
    [row] = [row for row in caller.get(PATH).json if row["primary"]]
    return row["email"]


def test_an_old_sign_in_removes_none(signed_in, make, ada, home, clock):
    eleven_minutes(signed_in, clock)
    assert problem(signed_in.send("DELETE", home)) == STALE
    assert len(signed_in.get(PATH).json) == 2
    assert make.records.mails_to(HOME) == []
    assert confirm(signed_in, password=ada.password).status_code == 200
    assert signed_in.send("DELETE", home).status_code == 204


def test_none_is_made_primary_without_the_password(signed_in, make, ada, home):
    path = f"{home}/primary"
    assert fields(signed_in.put(path, {})) == {"password": "required"}
    answer = signed_in.put(path, {"password": "a wrong one"})
    assert declined(answer) == "wrong_password"
    assert primary(signed_in) == ada.email
    assert make.records.mails_to(ada.email) == []


def test_who_has_no_password_shows_a_sign_in_of_the_last_minutes(spa, make, clock):
    bob = make.users.account("bob@example.com", password=None)
    path = f"{PATH}/{make.users.further_email(bob, HOME)}/primary"
    make.browsers.sign_in(spa.client, person=bob)
    clock.tick(minutes=11)
    assert problem(spa.put(path, {})) == STALE
    assert problem(spa.post(PATH, {"email": "new@example.com"})) == STALE
    assert primary(spa) == bob.email
    assert make.records.mails_to("new@example.com") == []
    make.browsers.sign_in(spa.client, person=bob)
    assert spa.put(path, {}).status_code == 204
    assert primary(spa) == HOME
