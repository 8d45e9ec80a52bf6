"""/api/organizations/{id}/members, roles, leave and transfer."""

from tests.api.callers import fields, problem


def lines(answer) -> list[tuple[str, list[str]]]:
    return [(item["user"]["name"], item["roles"]) for item in answer.json["items"]]


def test_members_are_listed_and_searched(owner, member, people, ada, grace):
    assert lines(owner.get(people)) == [("Ada", ["owner"]), ("Grace", ["member"])]
    first = owner.get(f"{people}?limit=1")
    rest = owner.get(f"{people}?limit=1&cursor={first.json['next_cursor']}")
    assert lines(rest) == [("Grace", ["member"])]
    for query in ("query=GRA", f"query={grace.id}", "role=member"):
        assert lines(owner.get(f"{people}?{query}")) == [("Grace", ["member"])]
    assert lines(owner.get(f"{people}?role=owner")) == [("Ada", ["owner"])]
    assert lines(owner.get(f"{people}?query=%25")) == []


def test_addresses_are_for_who_looks_after_members(owner, member, people, ada):
    assert owner.get(f"{people}/{ada.id}").json["user"] == {
        "id": ada.id,
        "name": "Ada",
        "username": "ada",
        "picture": None,
        "email": "ada@example.com",
    }
    assert member.get(f"{people}/{ada.id}").json["user"]["email"] is None
    assert lines(owner.get(f"{people}?query=ada@ex")) == [("Ada", ["owner"])]
    assert lines(member.get(f"{people}?query=ada@ex")) == []


def test_an_owner_gives_roles(owner, member, acme, people, grace):
    one = f"{people}/{grace.id}"
    assert owner.put(f"{acme}/roles/billing", {"permissions": ["pay"]}).json == {
        "name": "billing",
        "permissions": ["pay"],
    }
    changed = owner.send("PATCH", one, {"roles": ["billing", "admin"]})
    assert (changed.json["role"], changed.json["roles"]) == (
        "admin",
        ["admin", "billing"],
    )
    again = owner.send("PATCH", one, {"role": "member"})
    assert again.json["roles"] == ["member", "billing"]
    wrong = owner.send("PATCH", one, {"roles": ["boss"]})
    assert fields(wrong) == {"roles": "unknown"}
    assert owner.send("DELETE", f"{acme}/roles/billing").status_code == 204
    assert member.get(one).json["roles"] == ["member"]
    assert member.get(f"{acme}/roles").json == []
    gone = owner.send("DELETE", f"{acme}/roles/billing")
    assert problem(gone) == (404, "unknown_organization_role")
    assert fields(owner.put(f"{acme}/roles/Boss", {})) == {"name": "invalid"}


def test_the_last_owner_stays(owner, member, acme, ada, grace):
    people = f"{acme}/members"
    for refused in (
        owner.post(f"{acme}/leave", {}),
        owner.send("DELETE", f"{people}/{ada.id}"),
        owner.send("PATCH", f"{people}/{ada.id}", {"role": "member"}),
    ):
        assert problem(refused) == (409, "last_owner_of_organization")
    assert owner.post(f"{acme}/transfer", {"user_id": grace.id}).status_code == 204
    assert owner.get(acme).json["role"] == "admin"
    assert member.get(acme).json["role"] == "owner"
    assert owner.post(f"{acme}/leave", {}).status_code == 204
    assert problem(owner.get(acme)) == (404, "unknown_organization")


def test_members_manage_nobody(owner, member, acme, ada, grace):
    people, other = f"{acme}/members", "0" * 32
    for refused in (
        member.send("PATCH", f"{people}/{grace.id}", {"role": "owner"}),
        member.send("DELETE", f"{people}/{ada.id}"),
        member.put(f"{people}/{other}", {}),
        member.post(f"{acme}/transfer", {"user_id": grace.id}),
        member.put(f"{acme}/roles/boss", {}),
        member.send("DELETE", f"{acme}/roles/boss"),
    ):
        assert problem(refused) == (403, "insufficient_role")
    assert problem(owner.get(f"{people}/{other}")) == (404, "not_a_member")


def test_an_owner_removes_somebody(owner, member, acme, people, grace):
    assert owner.send("DELETE", f"{people}/{grace.id}").status_code == 204
    assert problem(member.get(people)) == (404, "unknown_organization")
    again = owner.send("DELETE", f"{people}/{grace.id}")
    assert problem(again) == (404, "not_a_member")


def test_operators_put_people_into_it(enter, make, acme, people):
    other = make.users.account(name="Other")
    admin = enter(make.users.account(roles=["admin"]))
    added = admin.put(f"{people}/{other.id}", {"role": "owner"})
    assert (added.json["role"], added.json["user"]["id"]) == ("owner", other.id)
    assert admin.put(f"{people}/{other.id}", {}).json["role"] == "owner"
    nobody = admin.put(f"{people}/{'0' * 32}", {})
    assert problem(nobody) == (404, "not_a_member")
    assert problem(admin.post(f"{acme}/leave", {})) == (404, "not_a_member")


def test_a_script_of_a_page_leaves_with_its_cookies(spa, make, acme, grace):
    make.organizations.add(acme.rpartition("/")[2], grace)
    spa.sign_in(grace)
    refused = spa.bare("POST", f"{acme}/leave", {})
    assert problem(refused)[0] == 403
    assert spa.post(f"{acme}/leave", {}).status_code == 204
