"""/api/organizations: made, shown, changed and deleted by members and operators."""

import pytest

from idp.organizations.lifecycle.deletion import erase_due
from idp.organizations.registry import find_organization
from tests.api.callers import bearer, fields, problem

PATH = "/api/organizations"


def grow_old(program, account, clock):
    """Go on with tokens of a sign-in that was more than ten minutes ago."""
    tokens = program.sign_in(account)
    clock.tick(minutes=11)
    renewed = program.post(
        "/auth/refresh", {"refresh_token": tokens["refresh_token"]}, headers={}
    )
    assert renewed.status_code == 200, renewed.text
    program.headers = bearer(renewed.json)


def names(answer) -> list[str]:
    return [item["name"] for item in answer.json["items"]]


def test_one_is_made_shown_and_listed(owner, acme):
    shown = owner.get(acme)
    assert {**shown.json, "created_at": 0, "updated_at": 0} == {
        "id": acme.rpartition("/")[2],
        "slug": "acme",
        "name": "Acme",
        "logo_uri": None,
        "personal": False,
        "status": "active",
        "approved": False,
        "delete_at": None,
        "member_count": 1,
        "role": "owner",
        "roles": ["owner"],
        "created_at": 0,
        "updated_at": 0,
    }
    assert owner.get(f"{PATH}/acme").json == shown.json
    assert names(owner.get(PATH)) == ["Ada", "Acme"]
    me = owner.get("/auth/me").json["memberships"]
    assert [(m["organization"]["slug"], m["role"]) for m in me] == [
        (None, "owner"),
        ("acme", "owner"),
    ]


def test_it_says_where_it_is(owner):
    made = owner.post(PATH, {"name": "Acme", "slug": "acme-co"})
    assert made.headers["Location"] == f"https://idp.example{PATH}/{made.json['id']}"
    assert made.json["slug"] == "acme-co"


def test_a_slug_is_taken_once_and_mistakes_are_named(owner, acme):
    assert acme
    taken = owner.post(PATH, {"name": "Other", "slug": "acme"})
    assert problem(taken) == (409, "slug_taken")
    assert fields(taken) == {"slug": "slug_taken"}
    wrong = owner.post(PATH, {"name": " ", "slug": "No!", "logo_uri": "ftp://x"})
    assert problem(wrong) == (400, "invalid_organization")
    assert set(fields(wrong)) == {"name", "slug", "logo_uri"}
    assert owner.post(PATH, {"title": "x"}).status_code == 400


def test_the_list_goes_on_page_by_page_and_is_searched(owner, acme):
    for name in ("Beta", "Gamma"):
        owner.post(PATH, {"name": name})
    first = owner.get(f"{PATH}?limit=3")
    assert names(first) == ["Ada", "Acme", "Beta"]
    rest = owner.get(f"{PATH}?limit=3&cursor={first.json['next_cursor']}")
    assert (names(rest), rest.json["next_cursor"]) == (["Gamma"], None)
    assert names(owner.get(f"{PATH}?query=BET")) == ["Beta"]


def test_strangers_hear_that_there_is_none(enter, make, acme):
    stranger = enter(make.users.account(username=None))
    assert names(stranger.get(PATH)) == ["Personal"]
    for method in ("GET", "PATCH", "DELETE"):
        body = None if method == "GET" else {}
        refused = stranger.send(method, acme, body)
        assert problem(refused) == (404, "unknown_organization")
    assert problem(stranger.post(f"{acme}/undo", {})) == (404, "unknown_organization")


def test_members_see_it_and_change_nothing(member, acme):
    assert member.get(acme).json["role"] == "member"
    for refused in (
        member.send("PATCH", acme, {"name": "Ours"}),
        # nothing is fetched for them: it would be refused for where it lies
        member.send("PATCH", acme, {"logo_uri": "https://10.0.0.1/logo.png"}),
        member.send("DELETE", acme),
        member.post(f"{acme}/undo", {}),
        member.send("PATCH", acme, {"status": "disabled"}),
    ):
        assert problem(refused) == (403, "insufficient_role")


def test_an_owner_renames_it_and_names_what_they_have_seen(owner, acme):
    seen = {"If-Match": owner.get(acme).headers["ETag"]}
    body = {"name": "Acme Inc.", "slug": "acme-inc", "logo_uri": None}
    changed = owner.send("PATCH", acme, body, headers=seen)
    assert [changed.json[field] for field in body] == list(body.values())
    late = owner.send("PATCH", acme, {"name": "Late"}, headers=seen)
    assert problem(late) == (412, "precondition_failed")
    bare = owner.send("PATCH", acme, {"logo_uri": None, "name": None})
    assert (bare.json["logo_uri"], bare.json["name"]) == (None, "Acme Inc.")


def test_an_owner_does_not_approve_nor_disable_it(owner, acme):
    for body in ({"status": "disabled"}, {"approved": True}):
        assert problem(owner.send("PATCH", acme, body)) == (403, "insufficient_role")


def test_it_is_deleted_after_fourteen_days_unless_that_is_undone(
    app, owner, acme, clock
):
    assert owner.send("DELETE", acme).status_code == 204
    assert owner.get(acme).json["delete_at"] is not None
    late = owner.send("PATCH", acme, {"name": "Late"})
    assert problem(late) == (409, "organization_in_deletion")
    kept = owner.post(f"{acme}/undo", {})
    assert kept.json["delete_at"] is None
    owner.send("DELETE", acme)
    for days, erased in ((13, 0), (1, 1), (0, 0)):
        clock.tick(days=days)
        with app.app_context():
            assert erase_due() == erased
    with app.app_context():
        assert find_organization("acme") is None


def test_its_owners_are_mailed_the_way_to_keep_it(owner, acme, ada, grace, make):
    make.organizations.add(acme.rpartition("/")[2], grace)
    owner.send("DELETE", acme)
    owner.send("DELETE", acme)
    [mail] = make.records.mails_to(ada.email)
    assert mail.kind == "organization_deletion_scheduled"
    assert "Acme" in mail.text
    assert mail.link == acme.replace("/api/organizations", "/account/orgs")
    assert make.records.mails_to(grace.email) == []


def test_deleting_one_wants_a_fresh_sign_in(owner, acme, clock, ada):
    grow_old(owner, ada, clock)
    renamed = owner.send("PATCH", acme, {"name": "Renamed"})
    assert renamed.status_code == 200
    stale = owner.send("DELETE", acme)
    assert problem(stale) == (403, "reauthentication_required")
    owner.sign_in(ada)
    assert owner.send("DELETE", acme).status_code == 204


def test_a_personal_one_is_renamed_and_stays(owner, make):
    [own] = owner.get(f"{PATH}?query=Ada").json["items"]
    path = f"{PATH}/{own['id']}"
    assert own["personal"]
    assert owner.send("PATCH", path, {"name": "Mine"}).json["name"] == "Mine"
    for refused in (
        owner.send("PATCH", path, {"slug": "mine"}),
        owner.send("DELETE", path),
        owner.post(f"{path}/leave", {}),
        owner.send("PUT", f"{path}/roles/boss", {}),
    ):
        assert problem(refused) == (409, "personal_organization")


class TestWhereOperatorsMakeThem:
    @pytest.fixture
    def environ(self):
        return {"IDP_ORGANIZATIONS": "admins"}

    def test_users_are_told_so(self, owner):
        refused = owner.post(PATH, {"name": "Acme"})
        assert problem(refused) == (403, "organizations_closed")

    def test_admins_make_them(self, enter, make):
        admin = enter(make.users.account(roles=["admin"]))
        made = admin.post(PATH, {"name": "Acme"})
        assert (made.status_code, made.json["approved"]) == (201, True)
        assert made.json["role"] == "owner"


class TestOperators:
    @pytest.fixture
    def admin(self, enter, make):
        return enter(make.users.account(roles=["admin"]))

    def test_they_see_and_change_all(self, admin, acme):
        assert admin.get(acme).json["role"] is None
        body = {"name": "Renamed", "status": "disabled", "approved": True}
        changed = admin.send("PATCH", acme, body).json
        assert [changed[field] for field in body] == list(body.values())
        assert admin.send("DELETE", acme).status_code == 204
        assert admin.post(f"{acme}/undo", {}).json["delete_at"] is None

    def test_members_of_a_disabled_one_only_look(self, admin, owner, acme):
        admin.send("PATCH", acme, {"status": "disabled"})
        assert owner.get(acme).json["status"] == "disabled"
        refused = owner.send("PATCH", acme, {"name": "Ours"})
        assert problem(refused) == (403, "organization_disabled")

    def test_auditors_only_look(self, enter, make, acme):
        auditor = enter(make.users.account(roles=["auditor"]))
        assert auditor.get(acme).status_code == 200
        refused = auditor.send("PATCH", acme, {"name": "Theirs"})
        assert problem(refused) == (403, "insufficient_role")

    def test_they_prove_anew_who_they_are(self, enter, make, acme, clock):
        chief = make.users.account(roles=["admin"])
        admin = enter(chief)
        grow_old(admin, chief, clock)
        stale = admin.send("PATCH", acme, {"name": "Late"})
        assert problem(stale) == (403, "reauthentication_required")

    def test_a_key_lists_all_and_makes_one_without_an_owner(
        self, program, enter, make, acme
    ):
        chief = enter(make.users.account(roles=["owner"]))
        permissions = ["organizations.read", "organizations.write"]
        key = chief.post(
            "/api/admin/api-keys",
            {"name": "k", "permissions": permissions, "dangerous": True},
        )
        assert key.status_code == 201, key.text
        program.headers = {"Authorization": f"Bearer {key.json['key']}"}
        assert names(program.get(PATH)) == ["Acme"]
        made = program.post(PATH, {"name": "Made"})
        assert (made.status_code, made.json["member_count"]) == (201, 0)
