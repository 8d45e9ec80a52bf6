"""/api/accounts/{id}/tokens and ``idp users tokens``: what helpers see and end."""

import pytest

from tests.api.callers import problem
from tests.oauth.calls import introspect

API = "https://files.example"
INACTIVE = {"active": False}


@pytest.fixture
def server(make):
    make.policies.decide(personal_access_tokens="on")
    make.clients.api(API, "files:read")
    return make.clients.machine_client(owned_resources=[API])


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def token(spa, ada, server):
    spa.sign_in(ada)
    body = {"name": "backup", "resource": API, "scope": "files:read"}
    return spa.post("/account/tokens", body).json


def test_support_lists_and_revokes_a_token(program, make, token, ada, server):
    program.sign_in(make.users.account(roles=["support"]))
    path = f"/api/accounts/{ada.id}/tokens"
    (listed,) = program.get(path).json
    assert listed == {name: value for name, value in token.items() if name != "token"}
    assert program.send("DELETE", f"{path}/{token['id']}").status_code == 204
    assert introspect(program.client, server, token["token"]).json == INACTIVE
    again = program.send("DELETE", f"{path}/{token['id']}")
    assert problem(again) == (404, "no_such_token")
    (row,) = make.records.audited_details("admin.action")
    assert (row["action"], row["subject"]) == ("token.revoke", ada.id)


def test_who_has_no_role_sees_no_token_of_others(program, make, token, ada):
    program.sign_in(make.users.account())
    path = f"/api/accounts/{ada.id}/tokens"
    assert problem(program.get(path)) == (404, "no_such_user")
    answer = program.send("DELETE", f"{path}/{token['id']}")
    assert problem(answer) == (404, "no_such_user")
