"""What operators do to a person on the pages about them."""

import re
from html import unescape

import pytest

from idp.accounts.models import User
from idp.core.db import db
from tests.admin.pages.pages_of_clients import errors_of, words_of
from tests.api.callers import Program
from tests.authenticator_app import set_up_app
from tests.hosted_pages import follow
from tests.make_users import PASSWORD


@pytest.fixture
def path(ada):
    return f"/admin/users/{ada.id}"


@pytest.fixture
def stored(app, ada):
    """Return a function that reads Ada's row."""

    def read() -> User:
        with app.app_context():
            return db.session.get_one(User, ada.id)

    return read


def done(operator, path, data=None):
    """Send the form of a page and follow to where it leads."""
    return follow(operator.http, operator.send(path, data or {}))


def test_the_page_offers_what_a_role_may_do(as_role, path):
    offered = {
        role: set(
            re.findall(rf'href="{path}/([a-z-]+)">', as_role(role).open(path).text)
        )
        for role in ("owner", "support", "auditor")
    }
    tabs = {"apps", "security", "sessions"}
    acts = {"reset", "link", "password", "end-sessions", "end-grants", "disable"}
    everything = {*acts, "delete", "profile"}
    assert offered["owner"] - tabs - {"groups", "activity"} == everything
    assert offered["support"] - tabs - {"groups"} == everything - {"link", "delete"}
    assert offered["auditor"] - tabs - {"groups", "activity"} == set()


def test_a_reset_is_mailed(support, path, ada, make):
    assert "on its way" in words_of(done(support, f"{path}/reset"))
    assert make.records.mails_to(ada.email)[-1].kind == "password_reset"


def test_a_one_time_link_is_shown_once_and_the_person_is_told(owner, path, ada, make):
    page = done(owner, f"{path}/link")
    (url,) = set(
        re.findall(r"http[^<\"]+/auth/sign-in/token\?token=[^<\"]+", page.text)
    )
    assert url not in owner.open(path).text
    (handed,) = make.records.audited_details("magic.requested")
    ((_, operator),) = make.records.audited("admin.action")
    assert handed["by"] == operator
    assert make.records.mails_to(ada.email)


def test_support_makes_no_one_time_link(support, path):
    assert support.open(f"{path}/link").status_code == 403


def test_a_new_password_is_asked_for(support, path, stored):
    done(support, f"{path}/password")
    assert stored().must_change_password


def test_an_account_goes_out_of_use_and_comes_back(support, path, stored):
    assert "out of use" in words_of(done(support, f"{path}/disable"))
    assert stored().status == "disabled"
    assert "can be used again" in words_of(done(support, f"{path}/enable"))
    assert stored().status == "active"


def test_a_deletion_wants_the_address_typed(owner, path, ada, stored):
    there = f"{path}/delete"
    assert "Type the address" in errors_of(owner.send(there, {"confirmation": "ada"}))
    assert stored().status == "active"
    page = done(owner, there, {"confirmation": ada.email})
    assert "will be erased" in words_of(page)
    assert stored().status == "deleting"


def test_one_session_or_all_end(owner, path, ada, make):
    make.browsers.session(ada)
    page = owner.open(f"{path}/sessions")
    (one,) = re.findall(r'name="one" value="([^"]+)"', page.text)
    told = done(owner, f"{path}/sessions", {"one": one})
    assert "That session is ended." in words_of(told)
    assert "Not signed in anywhere." in words_of(told)
    make.browsers.session(ada)
    done(owner, f"{path}/end-sessions")
    assert "Not signed in anywhere." in words_of(owner.open(f"{path}/sessions"))


def test_a_session_of_somebody_else_is_not_ended_here(owner, path, make):
    other = make.users.account()
    make.browsers.session(other)
    page = owner.open(f"/admin/users/{other.id}/sessions")
    (one,) = re.findall(r'name="one" value="([^"]+)"', page.text)
    answer = owner.send(f"{path}/sessions", {"one": one}, on=f"{path}/reset")
    assert answer.status_code == 404


def test_somebody_comes_into_a_group_and_leaves_it(owner, path, make):
    make.groups.group("editors")
    there = f"{path}/groups"
    assert "no group of this name" in errors_of(owner.send(there, {"group": "none"}))
    page = done(owner, there, {"group": "editors"})
    assert "They are in the group." in words_of(page)
    (one,) = re.findall(r'name="one" value="([^"]+)"', page.text)
    assert "out of the group" in words_of(done(owner, there, {"one": one}))


def test_an_owner_gives_roles_and_takes_them(owner, path, stored):
    done(owner, f"{path}/roles", {"roles": ["support", "auditor"]})
    assert sorted(stored().roles) == ["auditor", "support"]
    done(owner, f"{path}/roles")
    assert stored().roles == []


def test_the_last_owner_stays(owner):
    mine = re.search(r"/admin/users/[0-9a-f]{32}", owner.open("/admin/users").text)[0]
    assert "one has to be left" in errors_of(owner.send(f"{mine}/roles", {}))


def test_names_are_corrected_and_not_written_into_the_log(support, path, stored, make):
    make.users.account("bob@example.com", username="bob")
    there = f"{path}/profile"
    names = {"name": "Ada King", "username": "bob"}
    assert "username" in errors_of(support.send(there, names)).lower()
    done(support, there, {"name": "Ada King", "username": "countess"})
    assert (stored().name, stored().username) == ("Ada King", "countess")
    (row,) = make.records.audited_details("admin.action")
    assert row["after"] == {"fields": ["name", "username"]}
    assert "King" not in str(row)


def test_an_account_is_made_for_somebody_who_sets_the_password(support, make):
    there = "/admin/users/new"
    make.attributes.define("desk", editable_by="admin")
    make.attributes.define("level", "number")
    wrong = support.send(there, {"email": "nonsense", "attributes.level": "low"})
    assert "Enter a number" in errors_of(wrong)
    said = {"attributes.desk": "4b", "attributes.level": "2"}
    page = done(support, there, {"email": "new@example.com", "name": "New"} | said)
    row = make.records.user_row(make.records.user_id_of("new@example.com"))
    assert row["attributes"] == {"desk": "4b", "level": 2}
    assert "The account is there." in words_of(page)
    assert make.records.mails_to("new@example.com")[-1].kind == "password_set"


@pytest.mark.parametrize("act", ["reset", "disable", "password", "end-sessions"])
def test_support_does_nothing_to_who_has_a_role(support, make, act):
    admin = make.users.account(roles=["auditor"])
    assert support.open(f"/admin/users/{admin.id}/{act}").status_code == 403


def test_an_old_sign_in_is_proven_first_and_leads_back(owner, path, clock, stored):
    clock.tick(minutes=11)
    answer = owner.send(f"{path}/disable", {})
    assert "/account/confirm" in unescape(answer.location)
    assert stored().status == "active"


@pytest.mark.parametrize(
    ("act", "change"),
    [
        ("disable", ({"status": "active"}, {"status": "disabled"})),
        ("delete", ({"status": "active"}, {"status": "deleting"})),
        (
            "password",
            ({"require_password_change": False}, {"require_password_change": True}),
        ),
        ("end-sessions", ({"sessions": 1}, {"sessions": 0})),
        ("end-grants", ({"client_ids": []}, {"client_ids": []})),
        ("reset", ({}, {"mailed": True})),
        ("link", ({}, {})),
    ],
)
def test_what_is_done_leaves_a_row_with_before_and_after(owner, ada, make, act, change):
    make.browsers.session(ada)
    done(owner, f"/admin/users/{ada.id}/{act}", {"confirmation": ada.email})
    (row,) = make.records.audited_details("admin.action")
    assert change[0].items() <= row["before"].items()
    assert change[1].items() <= row["after"].items()


def test_support_resets_a_factor_that_was_lost(support, path, ada, make, app):
    make.clients.spa()
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(ada)
    phone = set_up_app(program)
    page = support.open(f"{path}/security")
    assert "Authenticator app In use" in words_of(page)
    assert "Recovery codes left 10" in words_of(page)
    begun = program.post("/auth/login", {"login": ada.email, "password": PASSWORD})
    for _ in range(5):
        body = {"ticket": begun.json["ticket"], "method": "totp", "code": phone.wrong()}
        program.post("/auth/login/2fa", body)
    assert "Locked Authenticator app" in words_of(support.open(f"{path}/security"))
    unlocked = done(support, f"{path}/unlock-factors")
    assert "Codes are judged again." in words_of(unlocked)
    assert "Two-step sign-in is reset" in words_of(
        done(support, f"{path}/reset-factors")
    )
    assert make.records.mails_to(ada.email)[-1].kind == "factors_reset"
    page = support.open(f"{path}/security")
    assert "Authenticator app Not set up" in words_of(page)
    assert "unlock-factors" not in page.text
    assert "reset-factors" not in page.text
