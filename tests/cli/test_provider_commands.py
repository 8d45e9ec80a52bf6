"""``idp providers``."""

import json

import pytest


@pytest.fixture
def github(idp, tmp_path) -> dict:
    (tmp_path / "secret").write_text("hush hush\n")
    options = ("--client-id", "us", "--client-secret-file", str(tmp_path / "secret"))
    made = idp("providers", "create", "gh", "--preset", "github", *options)
    return json.loads(made.output)


def test_a_preset_and_a_secret_make_a_provider(idp, github):
    assert github["redirect_uri"].endswith("/oauth2/callback/gh")
    assert (github["kind"], github["has_secret"]) == ("oauth2", True)
    assert "hush" not in idp("providers", "show", "gh").output


def test_what_is_not_named_stays(idp, github, tmp_path):
    idp("providers", "update", "gh", "--domain", "acme.example", "--enforced")
    (tmp_path / "more.json").write_text('{"claims": {"sub": "node_id"}}')
    more = ("--members", str(tmp_path / "more.json"), "--no-enforced")
    changed = json.loads(idp("providers", "update", "gh", *more).output)
    assert changed["claims"] == {"sub": "node_id"}
    assert (changed["domains"], changed["enforced"]) == (["acme.example"], False)


def test_what_is_wrong_is_said_in_words(idp, github, tmp_path):
    refused = idp("providers", "create", "acme", "--name", "Acme", status=2)
    assert "issuer: must be given" in refused.stderr
    assert "client_secret: must be given" in refused.stderr
    (tmp_path / "odd.json").write_text("[]")
    odd = ("--members", str(tmp_path / "odd.json"))
    assert "no JSON object" in idp("providers", "update", "gh", *odd, status=2).stderr
    assert "no such provider" in idp("providers", "show", "acme", status=3).stderr


def test_it_is_switched_off_listed_and_deleted(idp, github):
    idp("providers", "disable", "gh")
    assert idp("providers", "list").output == "gh  GitHub  oauth2  off  0\n"
    idp("providers", "enable", "gh")
    idp("providers", "delete", "gh", "--yes")
    assert idp("providers", "list", "--json").output == "[]\n"


def test_a_test_that_fails_ends_with_one(idp, github, tmp_path):
    (tmp_path / "here.json").write_text('{"token_endpoint": "https://127.0.0.1/"}')
    there = ("--members", str(tmp_path / "here.json"))
    typed = ("--client-secret-file", str(tmp_path / "secret"))
    idp("providers", "update", "gh", *there, *typed)
    failed = json.loads(idp("providers", "test", "gh", "--json", status=1).output)
    assert (failed["step"], failed["error"]) == ("token", "blocked_address")
    said = idp("providers", "test", "gh", status=1).output
    assert said.startswith("Showing it who we are failed. Its host leads into")
    idp("providers", "test", "nobody", status=3)


def test_a_directory_is_set_up_by_options(idp, github, tmp_path):
    (tmp_path / "bind").write_text("a password")
    options = ["--kind", "ldap", "--name", "Corp"]
    options += ["--client-secret-file", str(tmp_path / "bind")]
    for pair in ("url=ldaps://ldap.example", "base_dn=dc=example", "bind_dn=cn=idp"):
        options += ["--ldap", pair]
    made = json.loads(idp("providers", "create", "corp", *options).output)
    assert made["ldap"]["base_dn"] == "dc=example"
    (tmp_path / "ca.pem").write_text("none")
    wrong = ("--ldap", f"ca=@{tmp_path / 'ca.pem'}")
    refused = idp("providers", "update", "corp", *wrong, status=2)
    assert "ldap.ca: must be certificates in PEM" in refused.stderr
    odd = idp("providers", "update", "corp", "--ldap", "ca", status=2)
    assert "not like NAME=VALUE" in odd.stderr
    changed = json.loads(
        idp("providers", "update", "corp", "--ldap", "base_dn=dc=corp").output
    )
    assert changed["ldap"] == made["ldap"] | {"base_dn": "dc=corp"}


def test_presets_are_listed_with_what_they_ask_for(idp):
    lines = idp("providers", "presets").output.splitlines()
    assert ["microsoft", "Microsoft", "tenant"] in [line.split() for line in lines]
    told = json.loads(idp("providers", "presets", "--json").output)
    assert told[0]["id"] == "google"


def test_a_provider_that_is_asked_in_vain_ends_with_one(idp):
    failed = idp("providers", "discover", "https://127.0.0.1", "--json", status=1)
    assert json.loads(failed.output)["error"] == "blocked_address"
    said = idp("providers", "discover", "https://127.0.0.1", status=1).output
    assert said.startswith("Reading what it says of itself failed.")
