"""/api/accounts: ways in, sessions and grants; and what an admin decides about them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from idp.accounts.lifecycle.deletion import GRACE, erase_due
from idp.core.db import db
from idp.security.models import AuditEvent
from tests.api.callers import Program, declined, fields, problem
from tests.oauth.calls import redeem, refresh
from tests.oauth.signing_out import LOOPBACK_OPEN, checked, deliver, receiver

PATH = "/api/accounts"
SCOPE = "openid offline_access"


def path_of(account):
    return f"{PATH}/{account.id}"


@pytest.fixture
def log_in(app):
    """Sign people in by a program of their own."""

    def attempt(account):
        program = Program(app.test_client(use_cookies=False))
        body = {"login": account.email, "password": account.password}
        return program.post("/auth/login", body)

    return attempt


@pytest.fixture
def erased_in_time(app, clock):
    """Let the time pass after which accounts are erased; return how many were."""

    def pass_time():
        clock.tick(seconds=(GRACE + timedelta(hours=1)).total_seconds())
        with app.app_context():
            return erase_due()

    return pass_time


@pytest.fixture
def notes(make):
    return make.clients.spa(client_name="Notes")


@pytest.fixture
def app_still_in(http, make, ada, notes):
    """An app that holds something of Ada for good; tells whether it still does."""
    with make.browsers.session_elsewhere(ada) as person:
        code = make.tokens.code(notes, person=person, scope=SCOPE)
        held = redeem(http, code).json["refresh_token"]
    return lambda: refresh(http, notes, held).status_code == 200


class TestSeeing:
    def test_one_sees_what_is_open(self, person, elsewhere, app_still_in, notes, make):
        make.tokens.code(notes)  # of somebody else
        seen = person.api.get(path_of(person.account))
        assert seen.json["id"] == person.account.id
        assert (seen.json["status"], seen.json["roles"]) == ("active", [])
        assert seen.json["credentials"]["password"] is True
        assert seen.json["require_password_change"] is False
        assert [s["current"] for s in seen.json["sessions"]] == [True, False]
        [grant] = seen.json["grants"]
        assert (grant["client_id"], grant["scope"]) == (notes.client_id, SCOPE)
        assert grant["offline"] is True
        assert "argon2" not in seen.text

    def test_an_admin_sees_anyone(self, admin, ada, elsewhere):
        seen = admin.api.get(path_of(ada)).json
        assert [s["current"] for s in seen["sessions"]] == [False]
        assert admin.api.get(path_of(admin.account)).json["roles"] == ["owner"]

    def test_others_see_nothing(self, person, make):
        for path in (path_of(make.users.account()), f"{PATH}/unknown"):
            assert problem(person.api.get(path)) == (404, "no_such_user")

    def test_nobody_is_401(self, program, ada):
        assert problem(program.get(path_of(ada))) == (401, "authentication_required")


class TestDisabling:
    def test_everything_ends_at_once(
        self, admin, elsewhere, app_still_in, log_in, make
    ):
        ada = elsewhere.account
        answer = admin.api.send("PATCH", path_of(ada), {"status": "disabled"})
        assert answer.json["status"] == "disabled"
        assert (answer.json["sessions"], answer.json["grants"]) == ([], [])
        assert elsewhere.api.get("/auth/me").status_code == 401
        assert not app_still_in()
        assert declined(log_in(ada)) == "invalid_credentials"
        assert make.records.audited("user.locked") == [("ok", ada.id)]
        assert make.records.audited("admin.action") == [("ok", admin.account.id)]

    def test_enabling_lets_the_person_sign_in_anew(self, admin, elsewhere, ada, log_in):
        for status in ("disabled", "active"):
            answer = admin.api.send("PATCH", path_of(ada), {"status": status})
            assert answer.json["status"] == status
        assert elsewhere.api.get("/auth/me").status_code == 401
        assert log_in(ada).json["user"]["id"] == ada.id

    def test_its_owner_hears_of_it_once(self, admin, ada, make):
        for _ in range(2):
            admin.api.send("PATCH", path_of(ada), {"status": "disabled"})
        mails = [mail.kind for mail in make.records.mails_to(ada.email)]
        assert mails.count("account_disabled") == 1

    def test_a_mailed_link_is_void(self, admin, ada, make, http):
        link = make.users.sign_in_link(ada)
        for status in ("disabled", "active"):
            admin.api.send("PATCH", path_of(ada), {"status": status})
        assert http.get(link).status_code == 400

    def test_what_is_so_already_changes_nothing(self, admin, ada, elsewhere, make):
        change = {"status": "active", "roles": [], "require_password_change": False}
        for body in (change, {}, dict.fromkeys(change)):
            answer = admin.api.send("PATCH", path_of(ada), body)
            assert answer.status_code == 200
        assert elsewhere.api.get("/auth/me").status_code == 200
        assert make.records.audited("admin.action") == []

    def test_a_disabled_account_can_be_deleted_and_is_not_undone_by_its_owner(
        self, admin, ada, make, erased_in_time, log_in
    ):
        admin.api.send("PATCH", path_of(ada), {"status": "disabled"})
        path = f"/api/users/{ada.id}"
        assert admin.api.send("DELETE", path).status_code == 204
        assert [mail.kind for mail in make.records.mails_to(ada.email)] == [
            "account_disabled"
        ]
        assert declined(log_in(ada)) == "invalid_credentials"
        assert erased_in_time() == 1
        assert make.records.user_id_of(ada.email) is None

    def test_an_admin_keeps_an_account_that_was_to_be_erased(
        self, admin, ada, make, erased_in_time, log_in
    ):
        admin.api.send("DELETE", f"/api/users/{ada.id}")
        answer = admin.api.send("PATCH", path_of(ada), {"status": "active"})
        assert answer.json["status"] == "active"
        assert log_in(ada).json["user"]["id"] == ada.id
        assert erased_in_time() == 0
        assert make.records.audited("user.deleted") == [("ok", ada.id)] * 2


class TestTellingApps:
    @pytest.fixture
    def environ(self):
        return LOOPBACK_OPEN

    @pytest.mark.parametrize("disabling", [True, False])
    def test_apps_hear_of_the_sessions_that_ended(
        self, app, admin, ada, make, disabling
    ):
        http = app.test_client()
        signed_in = make.browsers.sign_in(http, person=ada)
        with receiver() as got:
            shop = make.clients.client(backchannel_logout_uri=got.uri)
            make.tokens.code(shop, person=(ada.id, signed_in.session_id))
            if disabling:
                admin.api.send("PATCH", path_of(ada), {"status": "disabled"})
            else:
                admin.api.send("DELETE", f"{path_of(ada)}/sessions")
            assert deliver(app) == 1
            claims = checked(http, got.tokens[0], shop.client_id)
        assert (claims["sub"], claims["sid"]) == (ada.id, signed_in.session_id)


class TestRoles:
    def test_a_role_counts_at_once(self, admin, ada, elsewhere):
        body = {"roles": ["support", "admin", "admin"]}
        answer = admin.api.send("PATCH", path_of(ada), body)
        assert answer.json["roles"] == ["admin", "support"]
        assert elsewhere.api.get("/api/users").status_code == 200

    @pytest.mark.parametrize(
        "roles", [["Admin"], [""], ["admn"], ["administrator"], ["auditor"] * 21]
    )
    def test_a_role_that_is_none_is_refused(self, admin, ada, roles):
        answer = admin.api.send("PATCH", path_of(ada), {"roles": roles})
        assert answer.status_code == 400
        assert admin.api.get(path_of(ada)).json["roles"] == []

    def test_an_owner_is_an_admin(self, admin, ada, elsewhere):
        admin.api.send("PATCH", path_of(ada), {"roles": ["owner"]})
        assert elsewhere.api.get("/api/users").status_code == 200
        answer = admin.api.send("PATCH", path_of(admin.account), {"roles": []})
        assert answer.json["roles"] == []

    def test_a_change_of_roles_is_kept_as_it_was_and_as_it_became(
        self, admin, ada, app
    ):
        admin.api.send("PATCH", path_of(ada), {"roles": ["support"]})
        with app.app_context():
            of_action = select(AuditEvent).where(AuditEvent.event == "admin.action")
            (row,) = db.session.scalars(of_action).all()
        assert row.detail == {
            "action": "roles.set",
            "subject": ada.id,
            "before": {"roles": []},
            "after": {"roles": ["support"]},
        }

    @pytest.mark.parametrize("change", [{"roles": []}, {"status": "disabled"}])
    def test_the_last_owner_stays_one(self, admin, make, change):
        make.users.account(roles=["owner"], status="disabled")
        make.users.account(roles=["support", "admin"])
        answer = admin.api.send("PATCH", path_of(admin.account), change)
        assert problem(answer) == (409, "last_owner")
        assert admin.api.get(path_of(admin.account)).json["roles"] == ["owner"]
        make.users.account(roles=["owner", "support"])
        answer = admin.api.send("PATCH", path_of(admin.account), change)
        assert answer.status_code in (200, 401)

    def test_nobody_gives_themselves_a_role(self, person):
        path = path_of(person.account)
        answer = person.api.send("PATCH", path, {"roles": ["admin"]})
        assert problem(answer) == (403, "not_permitted")
        assert person.api.get(path).json["roles"] == []

    def test_nobody_without_the_role_changes_others(self, person, root):
        answer = person.api.send("PATCH", path_of(root), {"status": "disabled"})
        assert problem(answer) == (404, "no_such_user")

    @pytest.mark.parametrize("field", ["id", "email_verified", "credentials"])
    def test_nothing_else_is_set_here(self, admin, ada, field):
        answer = admin.api.send("PATCH", path_of(ada), {field: True})
        assert fields(answer) == {field: "unknown_field"}


def test_a_new_password_can_be_asked_for(admin, ada, elsewhere):
    wanted = {"require_password_change": True}
    assert admin.api.send("PATCH", path_of(ada), wanted).json["require_password_change"]
    answer = elsewhere.api.get("/auth/me")
    assert problem(answer) == (403, "password_change_required")


class TestEnding:
    def test_ones_own_sessions_end_all_of_them(self, person, elsewhere):
        path = f"{path_of(person.account)}/sessions"
        assert person.api.send("DELETE", path).status_code == 204
        for who in (person, elsewhere):
            assert who.api.get("/auth/me").status_code == 401

    def test_an_admin_ends_the_sessions_of_others(self, admin, elsewhere, ada, make):
        path = f"{path_of(ada)}/sessions"
        assert admin.api.send("DELETE", path).status_code == 204
        assert elsewhere.api.get("/auth/me").status_code == 401
        assert admin.api.get("/auth/me").status_code == 200
        assert make.records.audited("session.revoked") == [("ok", ada.id)]

    def test_grants_end_and_sessions_stay(self, person, app_still_in):
        path = f"{path_of(person.account)}/grants"
        assert person.api.send("DELETE", path).status_code == 204
        assert not app_still_in()
        assert person.api.get(path_of(person.account)).json["grants"] == []

    def test_an_admin_ends_the_grants_of_others(self, admin, ada, app_still_in):
        path = f"{path_of(ada)}/grants"
        assert admin.api.send("DELETE", path).status_code == 204
        assert not app_still_in()

    @pytest.mark.parametrize("what", ["sessions", "grants"])
    def test_others_end_nothing(self, person, root, what):
        answer = person.api.send("DELETE", f"{path_of(root)}/{what}")
        assert problem(answer) == (404, "no_such_user")


@pytest.mark.parametrize(
    ("method", "below"), [("PATCH", ""), ("DELETE", "/sessions"), ("DELETE", "/grants")]
)
class TestGuards:
    def test_an_admin_who_signed_in_long_ago_proves_it_first(
        self, admin_page, ada, clock, method, below
    ):
        clock.tick(minutes=11)
        answer = admin_page.send(method, f"{path_of(ada)}{below}", {})
        assert problem(answer) == (403, "reauthentication_required")

    def test_a_cookie_needs_the_token_of_our_page(self, admin_page, ada, method, below):
        answer = admin_page.bare(method, f"{path_of(ada)}{below}", {})
        assert problem(answer) == (403, "csrf_rejected")

    def test_nobody_is_401(self, program, ada, method, below):
        answer = program.send(method, f"{path_of(ada)}{below}", {})
        assert problem(answer) == (401, "authentication_required")
