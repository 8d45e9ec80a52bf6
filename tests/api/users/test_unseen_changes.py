"""ETag and If-Match of users and accounts: nobody changes what they have not seen."""

import pytest

from tests.api.callers import problem


@pytest.fixture(params=["users", "accounts"])
def path(request, ada):
    return f"/api/{request.param}/{ada.id}"


CHANGES = {
    "users": ({"nickname": "ada"}, {"nickname": "countess"}, "nickname"),
    "accounts": ({"roles": ["auditor"]}, {"roles": []}, "roles"),
}


def test_a_change_of_what_was_seen_is_taken_and_of_another_state_refused(admin, path):
    one, other, part = CHANGES[path.split("/")[2]]
    seen = {"If-Match": admin.api.get(path).headers["ETag"]}
    changed = admin.api.send("PATCH", path, one, headers=seen)
    assert changed.status_code == 200, changed.text
    stale = admin.api.send("PATCH", path, other, headers=seen)
    assert problem(stale) == (412, "precondition_failed")
    assert [error["field"] for error in stale.json["errors"]] == [part]
    fresh = {"If-Match": changed.headers["ETag"]}
    assert changed.headers["ETag"] == admin.api.get(path).headers["ETag"]
    assert admin.api.send("PATCH", path, other, headers=fresh).status_code == 200
    assert admin.api.send("PATCH", path, one).status_code == 200


def test_a_profile_that_is_replaced_must_be_the_one_that_was_seen(admin, ada):
    path = f"/api/users/{ada.id}"
    seen = {"If-Match": admin.api.get(path).headers["ETag"]}
    assert admin.api.put(path, {"name": "Ada"}).status_code == 200
    answer = admin.api.put(path, {"name": "Lovelace"}, headers=seen)
    assert problem(answer) == (412, "precondition_failed")
    assert admin.api.get(path).json["name"] == "Ada"


def test_nobody_is_deleted_who_is_another_by_now(admin, ada):
    path = f"/api/users/{ada.id}"
    seen = {"If-Match": admin.api.get(path).headers["ETag"]}
    assert admin.api.send("PATCH", path, {"nickname": "ada"}).status_code == 200
    answer = admin.api.send("DELETE", path, {}, headers=seen)
    assert problem(answer) == (412, "precondition_failed")
    fresh = {"If-Match": admin.api.get(path).headers["ETag"]}
    assert admin.api.send("DELETE", path, {}, headers=fresh).status_code == 204
