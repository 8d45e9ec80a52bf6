"""A way in for who lost theirs: a mailed link, and one that is handed over."""

import pytest

from tests.api.callers import problem


@pytest.fixture
def path(ada):
    return f"/api/accounts/{ada.id}"


def test_support_has_a_link_mailed(program, make, path, ada):
    program.sign_in(make.users.account(roles=["support"]))
    assert program.post(f"{path}/password-reset").status_code == 204
    assert make.records.mail_to(ada.email).kind == "password_reset"
    (row,) = make.records.audited_details("admin.action")
    assert (row["action"], row["after"]) == ("user.send_reset", {"mailed": True})


def test_support_gets_no_link_to_hand_over(program, make, path):
    program.sign_in(make.users.account(roles=["support"]))
    assert problem(program.post(f"{path}/link", {})) == (403, "not_permitted")


def test_an_admin_gets_a_link_that_signs_in_once(program, make, path, ada, browser):
    program.sign_in(make.users.account(roles=["admin"]))
    made = program.post(f"{path}/link", {})
    assert made.status_code == 201, made.text
    assert "/auth/sign-in/token?token=" in made.json["url"]
    assert make.records.mail_to(ada.email).kind == "link_handed_out"
    browser.open(made.json["url"])
    browser.submit()
    assert browser.open("/account").status_code == 200
    (row,) = make.records.audited_details("admin.action")
    assert (row["action"], row["subject"]) == ("user.sign_in_link", ada.id)
    assert made.json["url"] not in str(row)


def test_an_admin_gets_a_link_to_a_new_password(program, make, path):
    program.sign_in(make.users.account(roles=["admin"]))
    made = program.post(f"{path}/link", {"new_password": True}).json
    assert "/password-reset?token=" in made["url"]
    (row,) = make.records.audited_details("admin.action")
    assert row["action"] == "user.password_link"


@pytest.mark.parametrize("act", ["password-reset", "link"])
class TestEither:
    def test_a_disabled_account_gets_none(self, admin, path, act):
        admin.api.send("PATCH", path, {"status": "disabled"})
        answer = admin.api.post(f"{path}/{act}", {})
        assert problem(answer) == (409, "account_not_in_use")

    def test_nobody_makes_one_of_their_own_account(self, person, path, act):
        answer = person.api.post(f"{path}/{act}", {})
        assert problem(answer) == (403, "not_permitted")

    def test_an_admin_who_signed_in_long_ago_proves_it_first(
        self, admin_page, path, act, clock
    ):
        clock.tick(minutes=11)
        answer = admin_page.post(f"{path}/{act}", {})
        assert problem(answer) == (403, "reauthentication_required")


def test_no_admin_opens_an_account_that_holds_more(program, make):
    owner = make.users.account(roles=["owner"])
    program.sign_in(make.users.account(roles=["admin"]))
    answer = program.post(f"/api/accounts/{owner.id}/link", {})
    assert problem(answer) == (403, "not_permitted")
