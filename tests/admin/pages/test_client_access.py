"""The page of an app that says who may use it, and its roles."""

import pytest

from idp.core.db import db
from idp.oauth.clients.access.changes import describe_people
from idp.oauth.models import Client
from tests.admin.pages.pages_of_clients import AdminBrowser, errors_of, words_of
from tests.hosted_pages import follow, press

NOBODY = {"groups": [], "users": []}


@pytest.fixture
def page(make) -> str:
    make.users.account("ada@example.org")
    make.groups.group("ops")
    client = make.clients.spa(client_id="notes")
    return f"/admin/clients/{client.client_id}/access"


def described(app) -> dict:
    with app.app_context():
        return describe_people(db.session.get_one(Client, "notes"))


def role(name: str, **said) -> dict:
    return {"name": name, "description": ""} | NOBODY | said


def test_an_app_is_open_to_everyone_until_it_is_said_otherwise(app, admin, page):
    assert 'value="everyone"' in admin.open(page).text
    sent = {
        "act": "access",
        "who": "some",
        "allowed_groups": "ops\n\n",
        "allowed_users": " ADA@example.org ",
    }
    saved = admin.send(page, sent)
    assert "Saved." in words_of(follow(admin.http, saved))
    people = {"groups": ["ops"], "users": ["ada@example.org"]}
    assert described(app)["access"] == {"roles": []} | people
    assert "ada@example.org" in admin.open(page).text
    admin.send(page, {"act": "access", "who": "everyone", "allowed_groups": "ops"})
    assert described(app)["access"] == "everyone"


def test_roles_are_added_changed_and_removed(app, admin, page):
    admin.send(page, {"act": "add", "name": "editor", "groups": "ops"})
    admin.send(page, {"act": "add", "name": "Viewer", "description": "Reads"})
    viewer = role("Viewer", description="Reads")
    assert described(app)["app_roles"] == [viewer, role("editor", groups=["ops"])]
    words = words_of(admin.open(page))
    for told in ("editor", "1 group · 0 people", "Reads", "New role"):
        assert told in words
    shown = admin.open(page, role="editor")
    assert "Change editor" in words_of(shown)
    assert "New role" not in words_of(shown)
    changed = {"act": "save", "name": "editor", "users": "ada@example.org"}
    admin.send(page, changed)
    editor = role("editor", users=["ada@example.org"])
    assert described(app)["app_roles"] == [viewer, editor]
    admin.send(page, {"act": "access", "who": "some", "roles": "editor"})
    assert described(app)["access"] == {"roles": ["editor"]} | NOBODY
    admin.send(page, {"act": "remove", "name": "editor"})
    assert described(app) == {
        "access": {"roles": []} | NOBODY,
        "app_roles": [viewer],
    }


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"act": "access", "who": "some", "allowed_groups": "dev"}, "no group"),
        ({"act": "access", "who": "some", "allowed_users": "eve@x.y"}, "no user"),
        ({"act": "access", "who": "some", "roles": "editor"}, "has no role"),
        ({"act": "add", "name": ""}, "must be text"),
        ({"act": "add", "name": "a,b"}, "must have no comma"),
        ({"act": "add", "name": "owner", "groups": "dev"}, "no group"),
    ],
)
def test_a_mistake_is_explained_and_what_was_typed_stays(app, admin, page, sent, told):
    before = described(app)
    refused = admin.send(page, {"description": "Typed before", **sent})
    assert told in errors_of(refused)
    kept = sent.get("allowed_groups") or sent.get("allowed_users") or sent.get("name")
    assert (kept or "") in refused.text
    assert described(app) == before


def test_a_name_that_is_there_is_not_added_again(app, admin, page):
    admin.send(page, {"act": "add", "name": "editor", "groups": "ops"})
    refused = admin.send(page, {"act": "add", "name": "editor"})
    assert "names one role twice" in errors_of(refused)
    assert described(app)["app_roles"] == [role("editor", groups=["ops"])]


def test_an_unknown_button_changes_nothing(app, admin, page):
    before = described(app)
    assert admin.send(page, {"act": "burn"}).status_code == 303
    assert described(app) == before


def test_a_machine_has_nobody_who_signs_in(admin, make):
    machine = make.clients.machine_client()
    words = words_of(admin.open(f"/admin/clients/{machine.client_id}/access"))
    assert "nobody signs in" in words
    assert "New role" not in words


def test_who_may_only_look_finds_no_buttons(http, page, make):
    make.browsers.sign_in(http, roles=["support"])
    words = words_of(AdminBrowser(http).open(page))
    assert "Everyone who has an account here" in words
    assert "Save" not in words
    assert "New role" not in words


def test_a_changed_role_comes_back_after_a_proof_of_identity(
    app, http, page, make, clock
):
    root = make.browsers.sign_in(http, roles=["admin"])
    browser = AdminBrowser(http)
    browser.send(page, {"act": "add", "name": "editor", "groups": "ops"})
    clock.tick(minutes=11)
    sent = {"act": "save", "name": "editor", "description": "Writes", "groups": "ops"}
    asked = browser.send(page, sent)
    assert asked.location.startswith("/account/confirm")
    proven = press(http, http.get(asked.location), password=root.person.password)
    back = follow(http, proven)
    assert "Change editor" in words_of(back)
    assert 'value="Writes"' in back.text
    assert described(app)["app_roles"] == [role("editor", groups=["ops"])]
