"""What the pages about one person show, and to whom."""

import re
from html import unescape

import pytest

from idp.core.db import db
from idp.security import audit
from tests.admin.pages.pages_of_clients import words_of
from tests.hosted_pages import read_page

TABS = ("", "/security", "/sessions", "/apps", "/groups", "/activity")


def test_the_overview_says_who_it_is(owner, make, ada):
    make.groups.group("staff", ada.id)
    page = words_of(owner.open(f"/admin/users/{ada.id}"))
    for words in ("Ada Lovelace", "ada@example.com", "Active", "staff", ada.id):
        assert words in page
    assert "Last sign-in Not yet" in page


def test_the_name_in_the_list_leads_there(owner, ada):
    page = owner.open("/admin/users", q="ada")
    assert f'href="/admin/users/{ada.id}"' in page.text


def test_ways_to_sign_in_never_show_a_secret(owner, ada):
    page = owner.open(f"/admin/users/{ada.id}/security")
    assert "Password Set" in words_of(page)
    assert "argon2" not in page.text


def test_sessions_are_listed_by_browser(owner, make, ada):
    make.browsers.session(ada)
    page = words_of(owner.open(f"/admin/users/{ada.id}/sessions"))
    assert "Unknown browser" in page
    other = make.users.account()
    empty = words_of(owner.open(f"/admin/users/{other.id}/sessions"))
    assert "Not signed in anywhere." in empty


def test_apps_and_what_they_may_use_are_listed(owner, make, ada):
    assert "No app uses this account." in words_of(
        owner.open(f"/admin/users/{ada.id}/apps")
    )
    client = make.clients.web_client()
    make.clients.consent(ada, client, "openid profile")
    page = words_of(owner.open(f"/admin/users/{ada.id}/apps"))
    assert "Notes openid profile" in page


def test_groups_and_roles_are_listed(owner, make):
    eve = make.users.account(roles=["auditor"])
    make.groups.group("staff", eve.id)
    page = words_of(owner.open(f"/admin/users/{eve.id}/groups"))
    assert "staff" in page
    assert "auditor" in page


def test_activity_has_what_they_did_and_what_was_done_to_them(owner, ada, make):
    make.groups.group("staff", ada.id)
    page = words_of(owner.open(f"/admin/users/{ada.id}/activity"))
    assert "register" in page
    assert "group.member.added" in page
    assert page.count("register") == 1


def test_activity_goes_on_where_a_page_ends(app, owner, ada):
    with app.app_context():
        for number in range(30):
            audit.record("profile.changed", user_id=ada.id, fields=[f"f{number:02}"])
            action = {"action": f"a{number:02}", "subject": ada.id}
            audit.record("admin.action", user_id="b" * 32, **action)
        db.session.commit()
    page, seen = owner.open(f"/admin/users/{ada.id}/activity"), []
    for _ in range(3):
        seen += re.findall(r"<bdi>([af]\d\d)<", page.text)
        following = re.search(r'href="([^"]+)">Next page', page.text)
        page = owner.open(unescape(following[1])) if following else page
    assert len(seen) == len({*seen}) == 60


@pytest.mark.parametrize("role", ["owner", "admin", "support", "auditor"])
def test_every_tab_that_is_shown_can_be_opened(as_role, ada, role):
    operator = as_role(role)
    page = operator.open(f"/admin/users/{ada.id}")
    tabs = re.findall(r'<li><a href="(/admin/users/[^"]+)"', page.text)
    assert f"/admin/users/{ada.id}/sessions" in tabs
    assert (f"/admin/users/{ada.id}/activity" in tabs) is (role != "support")
    for url in tabs:
        assert operator.http.get(url).status_code == 200, url


@pytest.mark.parametrize("tab", TABS)
def test_a_person_who_is_not_there_is_a_page_that_says_so(owner, tab):
    answer = owner.http.get(
        f"/admin/users/{'0' * 32}{tab}", headers={"Accept": "text/html"}
    )
    assert answer.status_code == 404
    assert "There is no such user" in words_of(answer)


def test_further_addresses_stand_beside_the_primary_one(owner, ada, make):
    make.users.further_email(ada, "second@example.com")
    page = words_of(owner.open(f"/admin/users/{ada.id}/security"))
    assert "ada@example.com Primary Confirmed" in page
    assert "second@example.com Confirmed" in page


def test_attributes_are_shown_and_changed(owner, make, ada):
    make.attributes.define("plan", "choice", choices=("free", "paid"))
    make.attributes.define("badge", editable_by="admin", label={"en": "Staff badge"})
    make.attributes.define("news", "boolean", required_at="register")
    make.attributes.give(ada.id, plan="free", news=False)
    path = f"/admin/users/{ada.id}"
    assert "plan free" in words_of(owner.open(path))
    fields = dict(read_page(owner.open(f"{path}/profile")).forms[0].fields)
    assert fields["attributes.plan"] == "free"
    wrong = fields | {"attributes.plan": "gold"}
    assert "Choose one of these" in owner.send(f"{path}/profile", wrong).text
    changed = {"attributes.badge": "X1", "attributes.plan": "", "attributes.news": ""}
    assert owner.send(f"{path}/profile", fields | changed).status_code == 303
    assert make.records.user_row(ada.id)["attributes"] == {"badge": "X1"}
    assert "Staff badge X1" in words_of(owner.open(path))
