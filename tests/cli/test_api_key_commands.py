"""``idp api-keys``: what the operator of the machine gives to programs."""

import json


def test_a_key_is_made_listed_and_revoked(idp):
    made = idp("api-keys", "create", "deploy", "--permission", "users.read")
    assert made.stdout.startswith("idpk_")
    listed = json.loads(idp("api-keys", "list", "--json").stdout)
    (key,) = listed
    assert key["state"] == "live"
    assert key["created_by"] == "operator"
    assert made.stdout.startswith(key["prefix"])
    assert "idpk_" not in json.dumps({**key, "prefix": ""})
    revoked = json.loads(idp("api-keys", "revoke", key["id"], "--json").stdout)
    assert revoked == {"id": key["id"], "revoked": True}
    assert json.loads(idp("api-keys", "list", "--json").stdout)[0]["state"] == "revoked"
    idp("api-keys", "revoke", key["id"], status=3)


def test_what_owners_alone_may_do_has_to_be_meant(idp):
    command = ("api-keys", "create", "k", "--permission", "keys.rotate", "--json")
    refused = idp(*command, status=2)
    assert "owners alone" in refused.output
    made = json.loads(idp(*command, "--dangerous").stdout)
    assert made["permissions"] == ["keys.rotate"]
    assert made["key"].startswith(made["prefix"])
