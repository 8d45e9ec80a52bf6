"""/api/users: what one sees and changes of oneself, admins of all, others of anyone."""

import pytest

from tests.api.callers import declined, fields, problem

PATH = "/api/users"


def path_of(account):
    return f"{PATH}/{account.id}"


class TestSeeing:
    def test_one_sees_all_of_oneself(self, person):
        seen = person.api.get(path_of(person.account)).json
        assert seen == person.api.get("/account/profile").json
        assert seen["email"] == "ada@example.com"

    def test_an_admin_sees_all_of_anyone(self, admin, ada):
        assert admin.api.get(path_of(ada)).json["email"] == ada.email

    def test_others_see_the_public_profile(self, person, make):
        grace = make.users.account(username="grace", name="Grace Hopper")
        assert person.api.get(path_of(grace)).json == {
            "id": grace.id,
            "username": "grace",
            "name": "Grace Hopper",
            "picture": None,
        }

    @pytest.mark.parametrize("status", ["disabled", "deleting"])
    def test_others_do_not_see_who_is_gone(self, program, ada, make, status):
        grace = make.users.account(status=status)
        program.sign_in(ada)
        assert problem(program.get(path_of(grace))) == (404, "no_such_user")

    def test_nobody_else_is_there(self, person):
        assert problem(person.api.get(f"{PATH}/unknown")) == (404, "no_such_user")

    def test_who_is_not_signed_in_sees_nobody(self, program, ada):
        answer = program.get(path_of(ada))
        assert problem(answer) == (401, "authentication_required")


class TestListing:
    def test_an_admin_lists_users_by_address(self, admin, ada, make):
        make.users.account("Bob@example.com")
        listed = admin.api.get(PATH).json
        emails = ["ada@example.com", "Bob@example.com", "root@example.com"]
        assert [user["email"] for user in listed["items"]] == emails
        assert listed["next_cursor"] is None

    @pytest.mark.parametrize("text", ["ADA@", "lovelace", "ada", " Ada Love", "%"])
    def test_a_search_looks_at_addresses_and_names(self, admin, ada, make, text):
        make.users.account("bob@example.com", username="bob", name="Bob")
        items = admin.api.get(PATH, query_string={"query": text}).json["items"]
        assert [user["id"] for user in items] == ([] if text == "%" else [ada.id])

    def test_a_search_finds_a_whole_id(self, admin, ada):
        for text, found in ((ada.id, 1), (ada.id[:-1], 0)):
            items = admin.api.get(PATH, query_string={"query": text}).json["items"]
            assert len(items) == found

    def test_the_cursor_leads_on(self, admin, make):
        wanted = {make.users.account().id for _ in range(4)} | {admin.account.id}
        found, cursor = [], None
        for _ in range(3):
            asked = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
            page = admin.api.get(PATH, query_string=asked)
            found += [user["id"] for user in page.json["items"]]
            cursor = page.json["next_cursor"]
            assert ("Link" in page.headers) == bool(cursor)
        assert (cursor, len(found), set(found)) == (None, 5, wanted)

    def test_the_cursor_of_another_search_is_400(self, admin, ada):
        cursor = admin.api.get(f"{PATH}?limit=1").json["next_cursor"]
        answer = admin.api.get(PATH, query_string={"query": "a", "cursor": cursor})
        assert fields(answer) == {"cursor": "invalid_cursor"}

    def test_people_without_the_role_list_nobody(self, person, make):
        assert problem(person.api.get(PATH)) == (403, "not_permitted")
        assert make.records.audited("admin.action") == [("refused", person.account.id)]

    def test_a_role_that_was_taken_away_counts_at_once(self, program, root, spa, make):
        other = make.users.account(roles=["admin"])
        program.sign_in(other)
        spa.sign_in(root)
        spa.send("PATCH", f"/api/accounts/{other.id}", {"roles": []})
        assert problem(program.get(PATH)) == (403, "not_permitted")


class TestChanging:
    def test_one_changes_oneself(self, person, make):
        path = path_of(person.account)
        answer = person.api.send("PATCH", path, {"nickname": "A."})
        assert (answer.json["nickname"], answer.json["name"]) == ("A.", "Ada Lovelace")
        answer = person.api.put(path, {"name": "Ada"})
        assert (answer.json["nickname"], answer.json["name"]) == (None, "Ada")
        assert fields(person.api.put(path, {})) == {"name": "required"}
        assert make.records.audited("admin.action") == []

    def test_an_admin_changes_others(self, admin, ada, make):
        answer = admin.api.send("PATCH", path_of(ada), {"nickname": "A."})
        assert answer.json["nickname"] == "A."
        assert admin.api.put(path_of(ada), {"name": "A"}).json["nickname"] is None
        assert make.records.audited("admin.action") == [("ok", admin.account.id)] * 2

    def test_the_log_names_the_fields_that_an_admin_has_changed(self, admin, ada, make):
        for _ in range(2):
            admin.api.send("PATCH", path_of(ada), {"nickname": "A."})
        (row,) = make.records.audited_details("admin.action")
        assert (row["action"], row["after"]) == (
            "user.change",
            {"fields": ["nickname"]},
        )

    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    def test_an_admin_gives_others_a_middle_name_and_a_profile_page(
        self, admin, ada, method
    ):
        sent = {"middle_name": "Byron", "profile": "https://ada.example", "name": "A"}
        answer = admin.api.send(method, path_of(ada), sent)
        assert sent.items() <= answer.json.items()
        assert sent.items() <= admin.api.get(path_of(ada)).json.items()

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
    def test_people_without_the_role_change_nobody_else(self, person, make, method):
        grace = make.users.account()
        answer = person.api.send(method, path_of(grace), {})
        assert problem(answer) == (404, "no_such_user")
        assert make.records.user_row(grace.id)["status"] == "active"

    def test_what_cannot_be_taken_is_named(self, admin, ada, make):
        path = path_of(ada)
        answer = admin.api.send("PATCH", path, {"email": "x", "roles": ["admin"]})
        assert fields(answer) == {"email": "use_email_change", "roles": "unknown_field"}
        make.users.account(username="grace")
        answer = admin.api.send("PATCH", path, {"username": "grace"})
        assert problem(answer) == (409, "username_taken")

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
    def test_an_admin_who_signed_in_long_ago_proves_it_first(
        self, spa, root, ada, clock, method
    ):
        spa.sign_in(root)
        clock.tick(minutes=11)
        answer = spa.send(method, path_of(ada), {})
        assert problem(answer) == (403, "reauthentication_required")
        assert spa.send("PATCH", path_of(root), {}).status_code == 200


class TestDeleting:
    def test_one_deletes_oneself_by_the_password(self, person, elsewhere):
        path = path_of(person.account)
        answer = person.api.send("DELETE", path, {})
        assert fields(answer) == {"current_password": "required"}
        answer = person.api.send("DELETE", path, {"current_password": "wrong"})
        assert declined(answer) == "wrong_password"
        right = {"current_password": person.account.password}
        assert person.api.send("DELETE", path, right).status_code == 204
        for who in (person, elsewhere):
            assert who.api.get("/auth/me").status_code == 401

    def test_an_admin_deletes_others_with_a_way_back(
        self, admin, elsewhere, ada, make, clock
    ):
        for _ in range(2):
            assert admin.api.send("DELETE", path_of(ada)).status_code == 204
        assert elsewhere.api.get("/auth/me").status_code == 401
        assert make.records.user_row(ada.id)["status"] == "deleting"
        kinds = [mail.kind for mail in make.records.mails_to(ada.email)]
        assert kinds.count("account_deletion_scheduled") == 1

    def test_the_last_owner_cannot_leave(self, admin, make):
        body = {"current_password": admin.account.password}
        for method, path in (
            ("DELETE", path_of(admin.account)),
            ("POST", "/auth/delete-account"),
        ):
            answer = admin.api.send(method, path, body)
            assert problem(answer) == (409, "last_owner")
        assert admin.api.get("/auth/me").status_code == 200
        make.users.account(roles=["owner"])
        answer = admin.api.send("DELETE", path_of(admin.account), body)
        assert answer.status_code == 204


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_cookie_needs_the_token_of_our_page(spa, root, ada, method):
    spa.sign_in(root)
    answer = spa.bare(method, path_of(ada), {})
    assert problem(answer) == (403, "csrf_rejected")
