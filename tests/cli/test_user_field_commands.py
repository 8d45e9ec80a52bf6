"""``idp attributes`` and ``idp scopes``."""

import json

TEAM = ("--type", "choice", "--choice", "A", "--choice", "B", "--claim", "team")
TEAM += ("--label", "Team", "--label", "de=Gruppe", "--required-at", "register")
SHOWN = {
    "key": "team",
    "type": "choice",
    "label": {"en": "Team", "de": "Gruppe"},
    "choices": ["A", "B"],
    "claim": "team",
    "scope": None,
    "editable_by": "user",
    "required_at": "register",
    "holders": 0,
}
CALLBACK = ("--redirect-uri", "https://app.example/cb")


def test_an_attribute_is_made_shown_changed_and_listed(idp):
    assert json.loads(idp("attributes", "create", "team", *TEAM).output) == SHOWN
    idp("attributes", "create", "team", status=4)
    wrong = idp("attributes", "create", "desk", "--claim", "sub", status=2)
    assert "claim: means something else already" in wrong.stderr
    changes = ("--required-at", "never", "--claim", "", "--label", "")
    changed = json.loads(idp("attributes", "update", "team", *changes).output)
    assert changed == SHOWN | {
        "required_at": "never",
        "claim": None,
        "label": {"en": "team"},
    }
    assert json.loads(idp("attributes", "show", "team").output) == changed
    listed = json.loads(idp("attributes", "list", "--query", "ea", "--json").output)
    assert [each["key"] for each in listed] == ["team"]
    idp("attributes", "show", "desk", status=3)


def test_an_attribute_is_deleted_once_it_was_meant(idp):
    idp("attributes", "create", "team")
    asked = idp("attributes", "delete", "team", given="n\n", status=1)
    assert "Values that people have there: 0." in asked.stderr
    deleted = json.loads(idp("attributes", "delete", "team", "--yes").output)
    assert deleted == {"key": "team", "deleted": True, "values": 0}
    idp("attributes", "delete", "team", "--yes", status=3)


def test_a_scope_is_made_shown_changed_and_deleted(idp):
    told = ("--description", "See your address", "--description", "de=Adresse")
    made = json.loads(idp("scopes", "create", "hr", *told, "--claim", "email").output)
    assert made == {
        "name": "hr",
        "description": {"en": "See your address", "de": "Adresse"},
        "claims": ["email"],
        "clients": [],
    }
    idp("clients", "create", "Notes", *CALLBACK, "--scope", "openid hr")
    idp("clients", "create", "Other", *CALLBACK, "--scope", "openid HR hrs")
    changed = idp("scopes", "update", "hr", "--claim", "name", "--claim", "email")
    assert json.loads(changed.output)["claims"] == ["name", "email"]
    [client] = json.loads(idp("scopes", "show", "hr").output)["clients"]
    assert client["client_name"] == "Notes"
    listed = json.loads(idp("scopes", "list", "--json").output)
    assert listed == [{"name": "hr", "claims": ["name", "email"]}]
    asked = idp("scopes", "delete", "hr", given="n\n", status=1)
    assert "Apps that registered it: Notes." in asked.stderr
    idp("scopes", "delete", "hr", "--yes")
    idp("scopes", "show", "hr", status=3)
