"""The pages about groups: list, make, change, members, delete."""

import pytest

from idp.accounts.groups.members import group_names
from idp.accounts.groups.registry import find_group
from tests.admin.pages.pages_of_clients import AdminBrowser, errors_of, words_of
from tests.hosted_pages import follow, press, read_page

LIST, NEW = "/admin/groups", "/admin/groups/new"


@pytest.fixture
def ops(make) -> str:
    """The page of a group."""
    return f"{LIST}/{make.groups.group('ops', description='Servers')}"


def test_a_group_is_made_and_listed(app, admin):
    assert "No groups yet." in words_of(admin.open(LIST))
    made = admin.send(NEW, {"name": " ops ", "description": "Servers"})
    assert made.status_code == 303
    words = words_of(admin.open(made.location))
    assert "Saved." in words
    assert "Nobody is in it yet." in words
    words = words_of(admin.open(LIST))
    assert "ops" in words
    assert "Servers" in words


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "must be text"),
        ("a,b", "must have no comma"),
        ("OPS", "another group has it"),
    ],
)
def test_a_mistake_is_explained_and_what_was_typed_stays(admin, ops, name, told):
    page = admin.send(NEW, {"name": name, "description": "Typed before"})
    assert told in errors_of(page)
    assert "Typed before" in page.text


def test_the_list_is_searched_and_goes_on(admin, make):
    for number in range(27):
        make.groups.group(f"team {number:02}")
    first = admin.open(LIST)
    assert "team 24" in words_of(first)
    assert "team 25" not in words_of(first)
    (on,) = [link for link in read_page(first).links if "cursor" in link]
    assert "team 26" in words_of(admin.open(on))
    assert "team 07" in words_of(admin.open(LIST, q="07"))
    assert "No group is like that." in words_of(admin.open(LIST, q="nobody"))


def test_people_come_and_go(app, admin, ops, make):
    ada = make.users.account("ada@example.org", name="Ada Lovelace")
    page = admin.send(ops, {"act": "add", "login": "nobody@example.org"})
    assert "Nobody here has this address" in errors_of(page)
    added = admin.send(ops, {"act": "add", "login": "ADA@example.org"})
    words = words_of(follow(admin.http, added))
    for told in ("Added.", "1 member", "ada@example.org", "Ada Lovelace"):
        assert told in words
    removed = admin.send(ops, {"act": "remove", "user_id": ada.id})
    assert "0 members" in words_of(follow(admin.http, removed))
    with app.app_context():
        assert group_names(ada.id) == []


def test_a_change_is_saved(app, admin, ops):
    admin.send(ops, {"act": "save", "name": "sre", "description": ""})
    with app.app_context():
        assert (find_group("sre").description, find_group("ops")) == ("", None)
    page = admin.send(ops, {"act": "save", "name": "a,b", "description": ""})
    assert "must have no comma" in errors_of(page)


def test_it_is_deleted_after_its_name_was_typed(app, admin, ops):
    page = admin.send(ops, {"act": "delete", "confirmation": "op"})
    assert "exactly as it stands" in errors_of(page)
    gone = admin.send(ops, {"act": "delete", "confirmation": "ops"})
    assert "The group is deleted." in words_of(follow(admin.http, gone))
    assert admin.http.get(ops).status_code == 404


def test_the_apps_that_it_is_good_for_are_named(admin, ops, make):
    assert "Nothing yet." in words_of(admin.open(ops))
    make.clients.spa(client_name="Wiki", access={"groups": ["ops"]})
    roles = [{"name": "Admin", "groups": ["ops"]}]
    make.clients.spa(client_name="Grafana", app_roles=roles)
    make.clients.spa(client_name="Chess")
    words = words_of(admin.open(ops))
    assert "Wiki" in words
    assert "Grafana" in words
    assert "Chess" not in words


def test_who_may_only_look_finds_no_buttons(http, ops, make):
    make.browsers.sign_in(http, roles=["auditor"])
    looking = AdminBrowser(http)
    for path in (LIST, ops):
        words = words_of(looking.open(path))
        assert "ops" in words
        for button in ("New group", "Delete for good", "Save", "Add"):
            assert button not in words.split("Name or description")[-1]
    refused = http.post(ops, data={"act": "delete", "confirmation": "ops"})
    assert refused.status_code in {400, 403}
    assert "ops" in words_of(looking.open(LIST))


def test_what_was_typed_comes_back_after_a_proof_of_identity(app, http, make, clock):
    group = make.groups.group("ops", description="Servers")
    root = make.browsers.sign_in(http, roles=["admin"])
    make.users.account("ada@example.org")
    page = http.get(f"{LIST}/{group}")
    clock.tick(minutes=11)
    asked = press(http, page, act="add", login="ada@example.org")
    assert asked.location.startswith("/account/confirm")
    proven = press(http, http.get(asked.location), password=root.person.password)
    back = follow(http, proven)
    words = words_of(back)
    assert "Nothing is saved yet" in words
    assert 'value="ada@example.org"' in back.text
    assert 'value="Servers"' in back.text
    again = press(http, back, act="add")
    assert "Added." in words_of(follow(http, again))
