"""GET /auth/me."""

from tests.api.callers import bearer, problem


def test_it_shows_user_ways_in_and_organizations(program, make):
    ada = make.users.account(name="Ada")
    program.sign_in(ada)
    me = program.get("/auth/me").json
    assert me["user"]["id"] == ada.id
    assert (me["user"]["status"], me["user"]["two_factor"]) == ("active", False)
    assert me["credentials"] == {
        "emails": [{"email": ada.email, "verified": True, "primary": True}],
        "password": True,
        "passkeys": [],
        "totp": False,
        "recovery_codes_left": 0,
        "providers": [],
    }
    [membership] = me["memberships"]
    assert membership == {
        "organization": me["organization"],
        "role": "owner",
        "roles": ["owner"],
    }
    assert (me["organization"]["name"], me["organization"]["personal"]) == ("Ada", True)


def test_it_shows_no_secret(program, make):
    ada = make.users.account()
    program.sign_in(ada)
    text = program.get("/auth/me").text
    assert str(make.records.user_row(ada.id)["password_hash"]) not in text
    assert "hash" not in text


def test_a_cookie_will_do(spa, make):
    ada = make.users.account()
    spa.sign_in(ada)
    assert spa.get("/auth/me").json["user"]["email"] == ada.email


def test_a_session_of_pages_will_do(http, make):
    ada = make.users.account()
    make.browsers.sign_in(http, person=ada)
    assert http.get("/auth/me").json["user"]["email"] == ada.email


def test_nobody_is_401(program):
    assert problem(program.get("/auth/me")) == (401, "authentication_required")


def test_an_expired_token_is_401_even_beside_a_live_cookie(spa, make, clock):
    tokens = spa.sign_in(make.users.account())
    clock.tick(minutes=11)
    answer = spa.get("/auth/me", headers=bearer(tokens))
    assert problem(answer) == (401, "invalid_token")
    assert spa.get("/auth/me").status_code == 200
