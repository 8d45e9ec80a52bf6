"""Operators set a directory up by REST, and test it."""

import pytest

from tests.api.callers import Program, fields
from tests.federation.ldap.company import signed_in
from tests.federation.ldap.slapd import SECRET

PATH = "/api/admin/providers"


@pytest.fixture
def admin(app, http, make):
    """A program of an admin who signed in just now."""
    program = Program(app.test_client(use_cookies=False))  # http has set the host
    make.clients.spa()
    program.sign_in(make.users.account(roles=["admin"]))
    return program


def test_it_is_set_up_shown_and_tested_and_its_password_never_told(
    admin, corp, ada, directory
):
    body = {
        "id": "corp",
        "kind": "ldap",
        "name": "Corp",
        "client_secret": SECRET,
        "domains": ["corp.example"],
        "trust_email": True,
        "ldap": directory.options(),
    }
    made = admin.post(PATH, body)
    assert made.status_code == 201, made.text
    assert made.json["ldap"] == directory.options()
    assert made.json["claims"]["sub"] == "entryUUID"
    assert SECRET not in admin.get(f"{PATH}/corp").text
    assert admin.post(f"{PATH}/corp/test", {}).json["passed"]
    tried = admin.post(f"{PATH}/corp/test", {"login": "ada"}).json
    assert tried["found"]["email"] == "ada@corp.example"
    none = admin.post(f"{PATH}/corp/test", {"login": "eve"}).json
    assert (none["step"], none["error"], none["found"]) == ("search", "none", None)
    assert signed_in(corp.sign_in())


def test_what_is_wrong_is_said_at_its_member(admin, directory):
    said = directory.options(url="https://ldap.example")
    body = {"id": "corp", "kind": "ldap", "name": "Corp", "ldap": said}
    refused = admin.post(PATH, body)
    assert set(fields(refused)) == {"client_secret", "ldap.url"}
