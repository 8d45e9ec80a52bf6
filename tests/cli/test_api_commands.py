"""``idp apis``, and how clients are allowed to ask for them."""

import json

import pytest

API = "https://api.example"


@pytest.fixture
def api(idp) -> dict:
    options = ("--name", "Notes API", "--scope", "read=Read your notes")
    return json.loads(idp("apis", "create", API, *options, "--scope", "write").output)


def test_an_api_is_registered_and_shown(idp, api):
    assert api == {
        "identifier": API,
        "name": "Notes API",
        "signing_alg": None,
        "access_token_seconds": None,
        "imported": False,
        "scopes": [
            {"name": "read", "description": {"en": "Read your notes"}},
            {"name": "write", "description": {}},
        ],
    }
    assert json.loads(idp("apis", "show", API).output) == api


def test_the_list_has_those_that_are_built_in(idp, api):
    listed = json.loads(idp("apis", "list", "--json").output)
    kinds = {row["identifier"]: row["kind"] for row in listed}
    assert kinds == {
        "http://localhost:8123": "built in",
        "http://localhost:8123/account": "built in",
        "http://localhost:8123/admin": "built in",
        API: "registered",
    }


def test_an_update_changes_what_it_names(idp, api, tmp_path):
    options = ("--signing-alg", "RS256", "--access-token-seconds", "300")
    changed = json.loads(idp("apis", "update", API, *options).output)
    assert changed == api | {"signing_alg": "RS256", "access_token_seconds": 300}
    file = tmp_path / "scopes.json"
    scopes = [{"name": "read", "description": {"en": "Read", "de": "Lesen"}}]
    file.write_text(json.dumps(scopes))
    options = ("--signing-alg", "", "--access-token-seconds", "0")
    changed = json.loads(
        idp("apis", "update", API, "--scopes", str(file), *options).output
    )
    assert changed == api | {"scopes": scopes}


def test_what_is_wrong_is_said(idp, api):
    refused = idp("apis", "create", "http://localhost:8123/account", status=2)
    assert "identifier: belongs to this server itself" in refused.stderr
    refused = idp("apis", "update", API, "--scope", "openid", status=2)
    assert "means something at this server itself" in refused.stderr
    assert "no such API" in idp("apis", "show", "urn:none", status=3).stderr
    idp("apis", "update", API, "--scopes", "-", given="{", status=2)


def test_a_deleted_api_is_gone(idp, api):
    idp("apis", "delete", API, given="n\n", status=1)
    idp("apis", "delete", API, "--yes")
    idp("apis", "show", API, status=3)


def test_clients_are_allowed_to_ask_for_apis(idp, api):
    machine = ("--machine", "--client-id", "job", "--scope", "")
    idp("clients", "create", "Job", *machine, "--api", API)

    def allowed() -> list:
        return json.loads(idp("clients", "show", "job").output)["apis"]

    assert allowed() == [API]
    idp("clients", "update", "job", "--api", f"{API} read")
    assert allowed() == [{"identifier": API, "scopes": ["read"]}]
    idp("clients", "update", "job", "--name", "Jobs")
    assert allowed() == [{"identifier": API, "scopes": ["read"]}]
    idp("clients", "update", "job", "--no-apis")
    assert allowed() == []
    refused = idp("clients", "update", "job", "--api", "urn:none", status=2)
    assert "no API is registered as 'urn:none'" in refused.stderr
