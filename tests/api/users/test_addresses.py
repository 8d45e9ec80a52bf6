"""Further addresses in what operators read: found by them, and shown."""

from tests.api.callers import problem

SECOND = "second@example.com"


def found(caller, query):
    listed = caller.api.get("/api/users", query_string={"query": query}).json
    return [user["id"] for user in listed["items"]]


def test_a_user_is_found_by_one_and_the_account_lists_it(admin, ada, make):
    make.users.further_email(ada, SECOND)
    assert found(admin, "SECOND@") == [ada.id]
    shown = admin.api.get(f"/api/accounts/{ada.id}").json
    assert shown["credentials"]["emails"] == [
        {"email": ada.email, "verified": True, "primary": True},
        {"email": SECOND, "verified": True, "primary": False},
    ]
    assert admin.api.get(f"/api/users/{ada.id}").json["email"] == ada.email


def test_one_that_is_proven_is_no_address_for_another_user(admin, ada, make):
    make.users.further_email(ada, SECOND)
    answer = admin.api.post("/api/users", {"email": SECOND})
    assert problem(answer) == (409, "email_taken")
