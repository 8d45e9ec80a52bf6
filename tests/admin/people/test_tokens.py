"""The personal access tokens of a person, beside their apps."""

import re

import pytest

from tests.admin.pages.pages_of_clients import words_of
from tests.api.callers import Program

API = "https://files.example"


@pytest.fixture
def server(make):
    make.policies.decide(personal_access_tokens="on")
    make.clients.api(API, "files:read")
    return make.clients.machine_client(owned_resources=[API])


@pytest.fixture
def token(app, ada, server):
    script = Program(app.test_client(use_cookies=False))
    script.sign_in(ada)
    body = {"name": "backup", "resource": API, "scope": "files:read"}
    return script.post("/account/tokens", body).json


@pytest.fixture
def path(ada):
    return f"/admin/users/{ada.id}"


def test_tokens_are_listed_without_what_opens(as_role, path, token):
    page = as_role("auditor").open(f"{path}/apps")
    assert f"backup {token['prefix']}…" in words_of(page)
    assert "files:read Works until" in words_of(page)
    assert token["token"] not in page.text
    assert "Revoke" not in words_of(page)


def test_who_has_none_is_not_told_of_any(owner, path):
    assert "Access tokens" not in words_of(owner.open(f"{path}/apps"))


def test_support_revokes_one(support, path, token, make):
    page = support.open(f"{path}/apps")
    assert re.findall(r'name="one" value="([^"]+)"', page.text) == [token["id"]]
    answer = support.send(f"{path}/tokens", {"one": token["id"]}, on=f"{path}/apps")
    told = words_of(support.open(answer.location))
    assert "That token is revoked." in told
    assert "backup" not in told
    (row,) = make.records.audited_details("admin.action")
    assert (row["action"], row["before"]["name"]) == ("token.revoke", "backup")
    again = support.send(f"{path}/tokens", {"one": token["id"]}, on=f"{path}/reset")
    assert again.status_code == 404


def test_a_token_of_somebody_else_is_not_revoked_here(owner, path, token, make):
    other = f"/admin/users/{make.users.account().id}"
    answer = owner.send(f"{other}/tokens", {"one": token["id"]}, on=f"{path}/apps")
    assert answer.status_code == 404
    assert "backup" in words_of(owner.open(f"{path}/apps"))


def test_support_revokes_nothing_of_who_has_a_role(support, make):
    path = f"/admin/users/{make.users.account(roles=['auditor']).id}"
    answer = support.send(f"{path}/tokens", {"one": "x"}, on="/admin/users/new")
    assert answer.status_code == 403
