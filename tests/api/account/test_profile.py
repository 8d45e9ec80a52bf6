"""/account/profile: read, replace, change parts; one path with the page."""

import pytest

from idp.accounts.profile.fields import FIELDS
from idp.api.account.profile import Profile
from tests.api.callers import fields, problem

PATH = "/account/profile"
both = pytest.mark.parametrize("method", ["PUT", "PATCH"])
callers = pytest.mark.parametrize("caller", ["program", "spa"])


def test_the_body_has_the_fields_that_the_rule_writes():
    assert set(Profile.model_fields) == {*FIELDS, "attributes"}


@callers
def test_a_user_reads_and_changes_themselves(request, make, caller):
    who, ada = request.getfixturevalue(caller), make.users.account(name="Ada")
    who.sign_in(ada)
    assert who.get(PATH).json["id"] == ada.id
    sent = {"nickname": "Countess", "address": {"country": "UK"}}
    answer = who.send("PATCH", PATH, sent)
    assert answer.status_code == 200, answer.text
    assert answer.json == who.get(PATH).json
    assert sent.items() <= answer.json.items()
    assert answer.json["name"] == "Ada"


def test_put_clears_what_is_not_sent_and_keeps_the_username(program, make):
    ada = make.users.account(name="Ada", username="ada")
    program.sign_in(ada)
    program.send("PATCH", PATH, {"nickname": "A."})
    sent = {"name": "Ada", "website": "https://ada.example"}
    answer = program.put(PATH, sent)
    assert sent.items() <= answer.json.items()
    assert (answer.json["nickname"], answer.json["username"]) == (None, "ada")


@both
@pytest.mark.parametrize("path", [PATH, "/api/users/{id}"])
def test_a_middle_name_and_a_profile_page_are_kept(program, make, method, path):
    ada = make.users.account(name="Ada")
    program.sign_in(ada)
    path = path.format(id=ada.id)
    sent = {"middle_name": "Byron", "profile": "https://ada.example/me", "name": "Ada"}
    assert sent.items() <= program.send(method, path, sent).json.items()
    assert sent.items() <= program.get(path).json.items()
    gone = {"middle_name": None, "profile": "", "name": "Ada"}
    kept = program.send(method, path, gone).json
    assert (kept["middle_name"], kept["profile"]) == (None, None)
    unfit = {"middle_name": "B\u202e", "profile": "javascript:x", "name": "Ada"}
    answer = program.send(method, path, unfit)
    assert fields(answer) == {"middle_name": "invalid", "profile": "invalid"}


def test_put_clears_a_middle_name_and_a_profile_page_that_are_not_sent(program, make):
    program.sign_in(make.users.account(name="Ada"))
    sent = {"middle_name": "Byron", "profile": "https://ada.example/me"}
    program.send("PATCH", PATH, sent)
    kept = program.put(PATH, {"name": "Ada"}).json
    assert (kept["middle_name"], kept["profile"]) == (None, None)


@pytest.mark.parametrize("sent", [{}, {"nickname": "A."}, {"given_name": ""}])
def test_put_says_what_the_name_is_to_be(program, make, sent):
    program.sign_in(make.users.account(name="Ada", username="ada"))
    assert fields(program.put(PATH, sent)) == {"name": "required"}
    kept = program.get(PATH).json
    assert (kept["name"], kept["username"], kept["nickname"]) == ("Ada", "ada", None)
    assert program.put(PATH, sent | {"name": None}).json["name"] is None


@both
@pytest.mark.parametrize("environ", [{"IDP_REGISTRATION_NAME": "required"}])
def test_a_required_name_is_not_taken_away(program, make, method):
    program.sign_in(make.users.account(name="Ada"))
    assert fields(program.send(method, PATH, {"name": None})) == {"name": "required"}
    assert program.get(PATH).json["name"] == "Ada"


@both
def test_the_name_is_made_of_its_parts(program, make, method):
    program.sign_in(make.users.account(name=None))
    sent = {"given_name": "Ada", "family_name": "Lovelace"}
    assert program.send(method, PATH, sent).json["name"] == "Ada Lovelace"
    sent = {"given_name": "Augusta", "family_name": "King"}
    assert program.send(method, PATH, sent).json["name"] == "Augusta King"
    kept = program.send("PATCH", PATH, {"given_name": None, "family_name": None})
    assert kept.json["name"] == "Augusta King"


def test_a_name_of_ones_own_does_not_follow_the_parts(program, make):
    program.sign_in(make.users.account(name="Countess of Lovelace"))
    answer = program.send("PATCH", PATH, {"given_name": "Ada"})
    assert answer.json["name"] == "Countess of Lovelace"
    assert program.send("PATCH", PATH, {"name": None}).json["name"] == "Ada"


@both
def test_a_username_goes_by_null_and_a_fresh_proof(spa, make, clock, method):
    ada = make.users.account(name="Ada", username="ada")
    spa.sign_in(ada)
    without = {"name": "Ada", "username": None}
    clock.tick(minutes=11)
    answer = spa.send(method, PATH, without)
    assert problem(answer) == (403, "reauthentication_required")
    assert spa.get(PATH).json["username"] == "ada"
    spa.sign_in(ada)
    assert spa.send(method, PATH, without).json["username"] is None
    clock.tick(minutes=11)
    assert spa.send(method, PATH, without).status_code == 200


@both
@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_username_is_refused(program, make, method, empty):
    program.sign_in(make.users.account(name="Ada", username="ada"))
    answer = program.send(method, PATH, {"name": "Ada", "username": empty})
    assert fields(answer) == {"username": "invalid"}
    assert "null" in answer.json["errors"][0]["message"]
    assert program.get(PATH).json["username"] == "ada"


@both
@pytest.mark.parametrize("path", [PATH, "/api/users/{id}"])
def test_a_password_is_refused_with_the_route_that_sets_it(program, make, method, path):
    ada = make.users.account()
    program.sign_in(ada)
    sent = {"password": "another long password", "name": "Ada"}
    answer = program.send(method, path.format(id=ada.id), sent)
    assert fields(answer) == {"password": "use_password_change"}
    assert "PUT /auth/change-password" in answer.json["errors"][0]["message"]


def test_patch_clears_what_is_null(program, make):
    program.sign_in(make.users.account(name="Ada"))
    answer = program.send("PATCH", PATH, {"name": None})
    assert answer.json["name"] is None
    assert answer.json["username"] is not None


@both
def test_an_address_is_refused_with_the_route_that_changes_it(program, make, method):
    ada = make.users.account()
    program.sign_in(ada)
    answer = program.send(method, PATH, {"email": "new@example.com", "name": "Ada"})
    assert fields(answer) == {"email": "use_email_change"}
    assert "POST /account/email" in answer.json["errors"][0]["message"]
    assert program.get(PATH).json["email"] == ada.email


@both
def test_every_mistake_is_named_at_once(program, make, method):
    program.sign_in(make.users.account())
    unfit = {"status": "admin", "website": "ftp://x", "zoneinfo": "Mars/Base"}
    sent = {"name": "Ada", **unfit}
    answer = program.send(method, PATH, sent)
    assert problem(answer) == (400, "invalid_input")
    assert fields(answer) == {
        "status": "unknown_field",
        "website": "invalid",
        "zoneinfo": "invalid",
    }


@both
def test_a_field_of_another_type_is_400(program, make, method):
    program.sign_in(make.users.account())
    assert problem(program.send(method, PATH, {"name": 7}))[0] == 400


@both
def test_a_username_of_another_account_is_409(program, make, method):
    bob = make.users.account()
    program.sign_in(make.users.account())
    answer = program.send(method, PATH, {"name": "A", "username": bob.username.upper()})
    assert problem(answer) == (409, "username_taken")
    assert fields(answer) == {"username": "username_taken"}


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
def test_nobody_is_401(program, method):
    body = None if method == "GET" else {"name": "Ada"}
    answer = program.send(method, PATH, body)
    assert problem(answer) == (401, "authentication_required")


@both
def test_a_cookie_needs_the_token_of_our_page(spa, make, method):
    spa.sign_in(make.users.account(name="Ada"))
    answer = spa.bare(method, PATH, {"name": "Eve"})
    assert problem(answer) == (403, "csrf_rejected")
    assert spa.get(PATH).json["name"] == "Ada"


def test_a_browser_that_asks_for_html_gets_the_page(spa, make):
    spa.sign_in(make.users.account())
    answer = spa.get(PATH, headers={"Accept": "text/html"})
    assert answer.mimetype == "text/html"
    assert "Accept" in answer.vary
