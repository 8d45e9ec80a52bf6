"""/api/admin/approvals: new accounts that wait for an operator."""

from tests.api.callers import problem

API = "/api/admin/approvals"


def test_programs_list_and_decide(program, make):
    program.sign_in(make.users.account(roles=["support"]))
    ada, bob = (make.users.waiting(f"{who}@a.example").id for who in ("ada", "bob"))
    listed = program.get(API).json["items"]
    assert [item["id"] for item in listed] == [ada, bob]
    assert set(listed[0]) == {
        *("id", "email", "name", "username", "asked_at", "expires_at"),
    }
    done = program.post(f"{API}/approve", {"users": [ada, "0" * 32]})
    assert done.json == {"users": [ada]}
    assert program.post(f"{API}/decline", {"users": [bob]}).json == {"users": [bob]}
    late = program.post(f"{API}/decline", {"users": [ada, bob]})
    assert problem(late) == (409, "not_pending")
    assert make.records.user_row(ada)["status"] == "active"


def test_who_deletes_an_account_that_waits_declines_it(program, make):
    program.sign_in(make.users.account(roles=["admin"]))
    ada = make.users.waiting("ada@a.example").id
    assert program.send("PATCH", f"/api/accounts/{ada}", {"status": "active"})
    assert make.records.user_row(ada)["status"] == "pending"
    assert program.send("DELETE", f"/api/users/{ada}", {}).status_code == 204
    assert make.records.user_id_of("ada@a.example") is None
