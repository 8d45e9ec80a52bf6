"""``idp groups``, and who may use a client."""

import json

import pytest

CALLBACK = "https://app.example/cb"


@pytest.fixture
def group(idp) -> dict:
    for name in ("ada", "bob"):
        idp("users", "create", f"{name}@example.com", "--username", name)
    made = idp("groups", "create", "ops", "--description", "Servers", "--json")
    return json.loads(made.output)


def shown(idp, name: str) -> dict:
    return json.loads(idp("groups", "show", name).output)


def addresses(group: dict) -> list[str]:
    return [member["email"] for member in group["members"]]


def test_a_group_is_made_and_shown(idp, group):
    assert group.pop("id")
    assert group == {
        "name": "ops",
        "description": "Servers",
        "member_count": 0,
        "members": [],
    }
    refused = idp("groups", "create", "OPS", status=4)
    assert "There is a group of this name already" in refused.stderr
    refused = idp("groups", "create", "a,b", status=2)
    assert "name: must have no comma" in refused.stderr


def test_people_are_put_in_and_taken_out(idp, group):
    added = idp("groups", "add", "ops", "ada", "bob@example.com", "ada").output
    assert addresses(json.loads(added)) == ["ada@example.com", "bob@example.com"]
    left = idp("groups", "remove", "ops", "ada").output
    assert addresses(json.loads(left)) == ["bob@example.com"]
    refused = idp("groups", "add", "ops", "ada", "eve", status=3)
    assert "There is no such user." in refused.stderr
    assert "nobody is eve" in refused.stderr
    assert addresses(shown(idp, "ops")) == ["bob@example.com"]
    refused = idp("groups", "add", "dev", "ada", status=3)
    assert "There is no such group" in refused.stderr


def test_the_list_counts_members(idp, group):
    idp("groups", "create", "dev")
    idp("groups", "add", "ops", "ada")
    listed = json.loads(idp("groups", "list", "--json").output)
    assert [(row["name"], row["members"]) for row in listed] == [("dev", 0), ("ops", 1)]
    found = json.loads(idp("groups", "list", "--query", "serv", "--json").output)
    assert [row["name"] for row in found] == ["ops"]


def test_an_update_changes_what_it_names(idp, group):
    idp("groups", "update", "ops", "--name", "Ops")
    assert shown(idp, "ops") == group | {"name": "Ops"}
    idp("groups", "update", "ops", "--description", "")
    assert shown(idp, "ops") == group | {"name": "Ops", "description": ""}


def test_a_group_is_deleted_once_it_was_meant(idp, group):
    idp("groups", "delete", "ops", given="n\n", status=1)
    deleted = json.loads(idp("groups", "delete", "ops", "--yes").output)
    assert deleted == {"id": group["id"], "name": "ops", "deleted": True}
    idp("groups", "show", "ops", status=3)


def test_a_client_says_who_may_use_it_and_its_roles(idp, group):
    made = idp(
        *("clients", "create", "Notes", "--redirect-uri", CALLBACK),
        *("--app-role", "editor=group:ops,user:ada@example.com"),
        *("--app-role", "viewer", "--allow", "role:editor"),
    )
    client_id = json.loads(made.output)["client_id"]
    found = json.loads(idp("clients", "show", client_id).output)
    nobody = {"groups": [], "users": []}
    holders = {"groups": ["ops"], "users": ["ada@example.com"]}
    roles = [
        {"name": "editor", "description": ""} | holders,
        {"name": "viewer", "description": ""} | nobody,
    ]
    assert found["app_roles"] == roles
    assert found["access"] == {"roles": ["editor"]} | nobody
    options = ("--allow", "group:ops", "--allow", "user:bob@example.com")
    found = json.loads(idp("clients", "update", client_id, *options).output)
    assert found["access"] == {
        "roles": [],
        "groups": ["ops"],
        "users": ["bob@example.com"],
    }
    assert found["app_roles"] == roles
    found = json.loads(idp("clients", "update", client_id, "--allow-everyone").output)
    assert found["access"] == "everyone"
    refused = idp("clients", "update", client_id, "--allow", "ops", status=2)
    assert "begins with none of role:, group:, user:" in refused.stderr


def test_what_show_prints_can_be_given_back(idp, group, tmp_path):
    made = idp("clients", "create", "Notes", "--redirect-uri", CALLBACK)
    client_id = json.loads(made.output)["client_id"]
    file = tmp_path / "members.json"
    holders = {"groups": ["ops"], "users": ["ada@example.com"]}
    members = {
        "access": {"roles": ["editor"]} | holders,
        "app_roles": [{"name": "editor", "description": "Writes"} | holders],
    }
    file.write_text(json.dumps(members))
    options = ("--metadata", str(file))
    changed = json.loads(idp("clients", "update", client_id, *options).output)
    assert {name: changed[name] for name in members} == members
