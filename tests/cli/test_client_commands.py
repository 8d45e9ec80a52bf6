"""``idp clients``: everything the pages can change, from a shell."""

import json

import pytest

CALLBACK = "https://app.example/cb"


@pytest.fixture
def client_id(idp) -> str:
    made = idp("clients", "create", "Notes", "--redirect-uri", CALLBACK, "--json")
    return json.loads(made.output)["client_id"]


def shown(idp, client_id: str) -> dict:
    return json.loads(idp("clients", "show", client_id).output)


def test_a_machine_needs_no_redirect_uri(idp):
    made = idp("clients", "create", "Job", "--machine", "--scope", "read write")
    registered = json.loads(made.output)
    assert registered["grant_types"] == ["client_credentials"]
    assert registered["client_secret"]


def test_a_device_needs_neither_redirect_uri_nor_secret(idp):
    registered = json.loads(idp("clients", "create", "TV", "--device").output)
    assert registered["grant_types"] == [
        "urn:ietf:params:oauth:grant-type:device_code",
        "refresh_token",
    ]
    assert "offline_access" in registered["scope"].split()
    assert "client_secret" not in registered


def test_a_scheme_that_is_no_domain_is_warned_of_beside_the_json(idp):
    options = ("--native", "--redirect-uri", "cursor://auth/callback")
    made = idp("clients", "create", "Editor", *options)
    assert json.loads(made.stdout)["redirect_uris"] == ["cursor://auth/callback"]
    assert "Warning: Any app on the device" in made.stderr


def test_an_app_for_people_needs_one(idp):
    refused = idp("clients", "create", "Notes", status=2)
    assert "redirect_uris: is needed" in refused.stderr


def test_everything_can_be_said_at_once(idp, tmp_path):
    file = tmp_path / "metadata.json"
    file.write_text('{"id_token_signed_response_alg": "ES256", "optional_scope": ""}')
    options = ("--client-id", "notes", "--no-require-pkce", "--metadata", str(file))
    made = idp("clients", "create", "Notes", "--redirect-uri", CALLBACK, *options)
    assert json.loads(made.output)["client_id"] == "notes"
    told = shown(idp, "notes")
    assert (told["require_pkce"], told["optional_scope"]) == (False, "")
    assert told["id_token_signed_response_alg"] == "ES256"
    taken = idp(
        "clients", "create", "X", "--redirect-uri", CALLBACK, *options, status=4
    )
    assert "is registered already" in taken.stderr
    file.write_text('{"redirect_uri": "https://app.example"}')
    typo = idp("clients", "create", "Notes", *options, status=2)
    assert "did you mean redirect_uris?" in typo.stderr


def test_an_update_changes_what_it_names_and_nothing_else(idp, client_id):
    before = shown(idp, client_id)
    other = "https://app.example/other"
    options = ("--name", "Journal", "--redirect-uri", other, "--first-party")
    after = json.loads(idp("clients", "update", client_id, *options).output)
    assert after == shown(idp, client_id)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"client_name", "redirect_uris", "first_party"}
    assert (after["client_name"], after["redirect_uris"]) == ("Journal", [other])
    again = json.loads(idp("clients", "update", client_id, "--no-first-party").output)
    assert again["first_party"] is False


def test_lifetimes_are_options(idp, client_id):
    idp("clients", "update", client_id, "--refresh-lifetime-seconds", "7200")
    assert shown(idp, client_id)["refresh_lifetime_seconds"] == 7200
    options = ("--machine", "--access-token-seconds", "90")
    made = idp("clients", "create", "Tasks", *options)
    assert json.loads(made.output)["access_token_seconds"] == 90


def test_other_members_come_from_a_file(idp, client_id, tmp_path):
    file = tmp_path / "metadata.json"
    file.write_text('{"default_max_age": 300, "contacts": ["ada@example.com"]}')
    idp("clients", "update", client_id, "--metadata", str(file))
    assert shown(idp, client_id)["default_max_age"] == 300
    idp("clients", "update", client_id, "--metadata", "-", given='{"contacts": null}')
    assert shown(idp, client_id)["contacts"] == []


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_file_that_is_no_object_is_refused(idp, client_id, text):
    idp("clients", "update", client_id, "--metadata", "-", given=text, status=2)


def test_a_wrong_update_says_what_to_do_and_changes_nothing(idp, client_id):
    wrong = ("--redirect-uri", "http://app.example/cb", "--name", "Journal")
    refused = idp("clients", "update", client_id, *wrong, status=2)
    assert "use https" in refused.stderr
    assert shown(idp, client_id)["client_name"] == "Notes"


def test_two_secrets_live_for_the_overlap(idp, client_id):
    made = json.loads(idp("clients", "rotate-secret", client_id).output)
    assert len(made["client_secret"]) == 43
    newest, oldest = shown(idp, client_id)["client_secrets"]
    assert newest["expires_at"] is None
    assert oldest["expires_at"] == made["others_expire_at"]
    refused = idp("clients", "rotate-secret", client_id, status=4)
    assert "Two secrets are live already" in refused.stderr
    idp("clients", "rotate-secret", client_id, "--overlap", "0")
    assert len(shown(idp, client_id)["client_secrets"]) == 1


def test_a_public_client_has_no_secret_to_rotate(idp):
    made = idp("clients", "create", "SPA", "--public", "--redirect-uri", CALLBACK)
    client_id = json.loads(made.output)["client_id"]
    refused = idp("clients", "rotate-secret", client_id, status=4)
    assert "uses no secret" in refused.stderr


def test_a_client_is_turned_off_and_on(idp, client_id):
    assert json.loads(idp("clients", "disable", client_id).output)["disabled"] is True
    (listed,) = json.loads(idp("clients", "list", "--json").output)
    assert listed["disabled"] is True
    assert json.loads(idp("clients", "enable", client_id).output)["disabled"] is False


def test_deleting_asks_first(idp, client_id):
    idp("clients", "delete", client_id, given="n\n", status=1)
    assert shown(idp, client_id)
    idp("clients", "delete", client_id, "--yes", "--json")
    assert json.loads(idp("clients", "list", "--json").output) == []


@pytest.mark.parametrize(
    "command", ["show", "update", "rotate-secret", "disable", "enable", "delete"]
)
def test_an_unknown_client_is_said(idp, command):
    assert "no such client" in idp("clients", command, "nobody", status=3).stderr
