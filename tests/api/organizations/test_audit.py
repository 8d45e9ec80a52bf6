"""GET /api/organizations/{id}/audit: what owners may read of what was done there."""

import pytest

from tests.api.callers import problem


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def grace(make):
    return make.users.account("grace@example.com")


@pytest.fixture
def acme(make, ada, grace):
    return make.organizations.organization(ada, grace, name="Acme", slug="acme")


def rows(caller, organization_id, **query) -> list[dict]:
    answer = caller.get(
        f"/api/organizations/{organization_id}/audit", query_string=query
    )
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


def test_an_owner_reads_what_was_done_there_and_nowhere_else(
    program, make, ada, grace, acme
):
    make.organizations.organization(ada, name="Other")
    program.sign_in(grace)
    program.post("/auth/organization", {"organization_id": acme})
    program.sign_in(ada)
    answer = program.send("PATCH", "/api/organizations/acme", {"name": "Acme Ltd"})
    assert answer.status_code == 200
    found = rows(program, "acme")
    assert [(row["event"], row["user_id"], row["subject"]) for row in found] == [
        ("organization.updated", ada.id, None),
        ("organization.entered", grace.id, None),
        ("member.added", None, grace.id),
        ("organization.created", None, ada.id),
    ]
    assert [row["by_operator"] for row in found] == [False, False, False, False]
    assert found[0]["detail"]["after"]["name"] == "Acme Ltd"
    assert found[1]["detail"] == {}  # no session, address or browser
    assert not {"ip", "user_agent", "request_id"} & found[1].keys()


def test_it_is_searched_and_paged(program, ada, grace, acme):
    program.sign_in(ada)
    (joined,) = rows(program, acme, whom=grace.id)
    assert joined["event"] == "member.added"
    assert rows(program, acme, event="member.left") == []
    assert rows(program, acme, until="2020-01-01T00:00:00Z") == []
    first = program.get(f"/api/organizations/{acme}/audit?limit=1").json
    more = rows(program, acme, limit=1, cursor=first["next_cursor"])
    assert {first["items"][0]["event"], more[0]["event"]} == {
        "member.added",
        "organization.created",
    }


def test_a_cursor_of_another_organization_is_refused(program, make, ada, acme):
    other = make.organizations.organization(ada, name="Other")
    program.sign_in(ada)
    cursor = program.get(f"/api/organizations/{acme}/audit?limit=1").json["next_cursor"]
    answer = program.get(f"/api/organizations/{other}/audit?cursor={cursor}")
    assert answer.status_code == 400


def test_members_and_strangers_read_nothing(program, make, grace, acme):
    path = f"/api/organizations/{acme}/audit"
    program.sign_in(grace)
    assert problem(program.get(path)) == (403, "insufficient_role")
    program.sign_in(make.users.account())
    assert problem(program.get(path)) == (404, "unknown_organization")
