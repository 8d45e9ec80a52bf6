"""The name that is made of its parts is the name, wherever one is told."""

import pytest

from tests.api.callers import bearer
from tests.make_users import PASSWORD
from tests.oauth.calls import claims_of, redeem, userinfo

ADDRESS = "grace@example.org"
PARTS = {"given_name": "Grace", "family_name": "Hopper"}
NAME = "Grace Hopper"
SIGN_UP = {"email": ADDRESS, "password": PASSWORD, **PARTS}


def sign_up(program, make):
    return program.post("/auth/register", SIGN_UP)


def create(program, make):
    return program.post("/api/users", SIGN_UP)


def create_for_other(program, make):
    program.sign_in(make.users.account(roles=["admin"]))
    return program.post("/api/users", SIGN_UP)


def edit(program, make):
    program.sign_in(make.users.account(ADDRESS, password=PASSWORD))
    return program.send("PATCH", "/account/profile", PARTS)


@pytest.mark.parametrize("way", [sign_up, create, create_for_other, edit])
def test_a_name_of_parts_is_told_to_apps_and_in_the_export(http, program, make, way):
    assert way(program, make).status_code in (200, 201)
    user_id = make.records.user_id_of(ADDRESS)
    program.headers = {}
    login = {"login": ADDRESS, "password": PASSWORD}
    signed_in = program.post("/auth/login", login).json
    program.headers = bearer(signed_in)
    assert program.get("/account/profile").json["name"] == NAME
    (session,) = program.get("/account/sessions").json[:1]
    client = make.clients.spa(scope="openid profile")
    made = make.tokens.code(
        client,
        scope="openid profile",
        person=(user_id, session["id"]),
        claims={"id_token": {"name": None}},
    )
    tokens = redeem(http, made).json
    assert claims_of(http, tokens["id_token"])["name"] == NAME
    told = userinfo(http, tokens["access_token"]).json
    assert {name: told[name] for name in ("name", *PARTS)} == {"name": NAME, **PARTS}
    (held,) = program.post("/account/export", {}).json["account"]
    assert {name: held[name] for name in ("name", *PARTS)} == {"name": NAME, **PARTS}
