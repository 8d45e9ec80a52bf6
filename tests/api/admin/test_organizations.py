"""/api/admin/organizations."""

import pytest

from tests.api.callers import problem

PATH = "/api/admin/organizations"


@pytest.fixture
def admin(program, make):
    """A program of an admin who signed in just now."""
    program.sign_in(make.users.account(roles=["admin"]))
    return program


def test_one_is_made_for_somebody_and_listed(admin, make):
    ada = make.users.account()
    body = {"name": "Acme", "owner_id": ada.id}
    made = admin.post(PATH, body)
    assert (made.status_code, made.json["approved"], made.json["member_count"]) == (
        201,
        True,
        1,
    )
    assert admin.get(PATH).json["items"] == [made.json]
    assert admin.get(f"{PATH}/acme").json == made.json
    nobody = admin.post(PATH, {"name": "Acme", "owner_id": "0" * 32})
    assert problem(nobody) == (404, "no_such_user")


def test_it_is_changed_deleted_and_kept(admin, make):
    one = f"{PATH}/{make.organizations.organization(slug='acme')}"
    seen = {"If-Match": admin.get(one).headers["ETag"]}
    changed = admin.send("PATCH", one, {"status": "disabled"}, headers=seen)
    assert changed.json["status"] == "disabled"
    late = admin.send("PATCH", one, {"name": "Late"}, headers=seen)
    assert problem(late) == (412, "precondition_failed")
    assert admin.send("DELETE", one).status_code == 204
    assert admin.get(one).json["delete_at"] is not None
    assert admin.post(f"{one}/undo", {}).json["delete_at"] is None
    assert problem(admin.get(f"{PATH}/nowhere")) == (404, "unknown_organization")


def test_owners_of_one_are_no_operators(program, make):
    ada = make.users.account()
    one = f"{PATH}/{make.organizations.organization(ada)}"
    program.sign_in(ada)
    assert problem(program.get(one)) == (403, "not_permitted")
    assert problem(program.send("DELETE", one)) == (403, "not_permitted")
