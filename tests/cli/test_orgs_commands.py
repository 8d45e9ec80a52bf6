"""``idp orgs``."""

import json

import pytest


@pytest.fixture
def acme(idp) -> dict:
    for name in ("ada", "bob"):
        idp("users", "create", f"{name}@example.com", "--username", name)
    return json.loads(idp("orgs", "create", "Acme", "--owner", "ada").output)


def members(idp) -> list[tuple[str, str]]:
    listed = json.loads(idp("orgs", "members", "acme", "--json").output)
    return [(row["email"], row["roles"]) for row in listed]


def test_one_is_made_shown_and_listed(idp, acme):
    shown = {**acme}
    assert shown.pop("id")
    assert shown == {
        "slug": "acme",
        "name": "Acme",
        "logo_uri": None,
        "status": "active",
        "approved": True,
        "delete_at": None,
        "member_count": 1,
    }
    assert json.loads(idp("orgs", "show", acme["id"]).output) == acme
    listed = json.loads(idp("orgs", "list", "--json").output)
    assert [(row["slug"], row["members"]) for row in listed] == [("acme", 1)]
    taken = idp("orgs", "create", "Other", "--slug", "acme", status=4)
    assert "Another organization has this short name." in taken.stderr
    idp("orgs", "create", "Other", "--slug", "No!", status=2)
    idp("orgs", "show", "nowhere", status=3)


def test_people_come_get_roles_and_go(idp, acme):
    added = json.loads(idp("orgs", "add", "acme", "bob").output)
    assert (added["email"], added["roles"]) == ("bob@example.com", ["member"])
    idp("orgs", "roles", "acme", "bob", "admin")
    assert members(idp) == [("ada@example.com", "owner"), ("bob@example.com", "admin")]
    idp("orgs", "roles", "acme", "bob", "boss", status=2)
    kept = idp("orgs", "remove", "acme", "ada", status=4)
    assert "This is the last owner of the organization." in kept.stderr
    assert json.loads(idp("orgs", "remove", "acme", "bob").output)["member_count"] == 1


def test_it_is_changed_disabled_deleted_and_kept(idp, acme):
    idp("orgs", "update", "acme", "--name", "Acme Inc.", "--logo-uri", "")
    changed = json.loads(idp("orgs", "update", "acme", "--slug", "acme-inc").output)
    assert (changed["name"], changed["slug"]) == ("Acme Inc.", "acme-inc")
    disabled = json.loads(idp("orgs", "disable", "acme-inc").output)
    enabled = json.loads(idp("orgs", "enable", "acme-inc").output)
    assert (disabled["status"], enabled["status"]) == ("disabled", "active")
    assert json.loads(idp("orgs", "approve", "acme-inc").output)["approved"]
    idp("orgs", "delete", "acme-inc", given="n\n", status=1)
    assert json.loads(idp("orgs", "delete", "acme-inc", "--yes").output)["delete_at"]
    assert json.loads(idp("orgs", "undo", "acme-inc").output)["delete_at"] is None


def test_people_are_invited_as_what_the_organization_names(idp, acme):
    roles = ("orgs", "own-roles")
    idp(*roles, "set", "acme", "billing", "--permission", "pay")
    assert json.loads(idp(*roles, "list", "acme", "--json").output) == [
        {"name": "billing", "permissions": ["pay"]}
    ]
    invites, new = ("orgs", "invites"), "new@example.com"
    idp(*invites, "create", "acme", new, "--role", "boss", status=2)
    idp(*invites, "create", "acme", new, "--role", "owner", "--role", "billing")
    [made] = json.loads(idp(*invites, "list", "acme", "--json").output)
    assert (made["email"], made["state"]) == (new, "open")
    assert json.loads(idp("invites", "list", "--json").output) == []
    sent = json.loads(idp(*invites, "resend", "acme", made["id"], "--json").output)
    assert sent[0]["id"] == made["id"]
    idp(*invites, "withdraw", "acme", made["id"])
    idp(*invites, "withdraw", "acme", made["id"], status=4)
    idp(*roles, "remove", "acme", "billing")
    idp(*roles, "remove", "acme", "billing", status=3)
