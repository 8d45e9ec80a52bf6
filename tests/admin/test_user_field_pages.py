"""The pages about attributes and scopes: list, make, change, delete."""

import pytest

from idp.accounts.profile.attributes.registry import get_definition
from idp.oauth.custom_scopes.registry import get_scope
from tests.admin.pages.pages_of_clients import AdminBrowser, errors_of, words_of
from tests.hosted_pages import follow

ATTRIBUTES, SCOPES = "/admin/attributes", "/admin/scopes"
TEAM = {
    "key": "team",
    "type": "choice",
    "label": "Team\n@de Gruppe",
    "choices": "A\nB\n",
    "editable_by": "user",
    "required_at": "register",
    "claim": "team",
    "scope": "profile",
}
HR = {"name": "hr", "description": "See\n@de Sehen", "claims": ["team", "email"]}


@pytest.fixture
def owner(http, make):
    """The browser of an owner who signed in just now."""
    make.browsers.sign_in(http, roles=["owner"])
    return AdminBrowser(http)


def test_an_attribute_is_made_changed_and_listed(app, owner):
    assert "No attributes yet." in words_of(owner.open(ATTRIBUTES))
    made = owner.send(f"{ATTRIBUTES}/new", TEAM)
    assert made.status_code == 303
    assert "Saved." in words_of(owner.open(made.location))
    with app.app_context():
        said = get_definition("team").as_json()
    label = {"en": "Team", "de": "Gruppe"}
    assert said == TEAM | {"label": label, "choices": ["A", "B"]}
    page = f"{ATTRIBUTES}/named/team"
    changes = TEAM | {"act": "save", "claim": "", "scope": "", "required_at": "never"}
    assert owner.send(page, changes).status_code == 303
    with app.app_context():
        changed = get_definition("team").as_json()
    assert changed == said | {"claim": None, "scope": None, "required_at": "never"}
    words = words_of(owner.open(ATTRIBUTES, q="ea"))
    assert "Team" in words
    assert "No app is told" in words
    assert "No attribute is like that." in words_of(owner.open(ATTRIBUTES, q="x"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"key": "Team"}, "must begin with a small letter"),
        ({"key": "taken"}, "another attribute has it"),
        ({"claim": "sub"}, "means something else already"),
        ({"choices": ""}, "different lines of text"),
        ({"editable_by": "admin"}, "must be never"),
        ({"scope": "none"}, "Not a valid choice"),
    ],
)
def test_a_mistake_is_explained_and_what_was_typed_stays(owner, make, said, told):
    make.attributes.define("taken")
    page = owner.send(f"{ATTRIBUTES}/new", TEAM | said)
    assert told in errors_of(page)
    assert "@de Gruppe" in page.text


def test_it_is_deleted_after_it_is_said_what_goes_with_it(app, owner, make):
    make.attributes.define("team", claim="team")
    make.attributes.give(make.users.account().id, team="A")
    page = f"{ATTRIBUTES}/named/team"
    words = words_of(owner.open(page))
    assert "1 person has a value." in words
    assert "What 1 person has there goes with it, for good." in words
    refused = owner.send(page, {"act": "delete", "confirmation": "tea"})
    assert "Type the key exactly" in errors_of(refused)
    gone = owner.send(page, {"act": "delete", "confirmation": "team"})
    words = words_of(follow(owner.http, gone))
    assert "The attribute is deleted" in words
    assert "No attributes yet." in words


def test_who_may_only_look_sees_no_button(admin, make):
    make.attributes.define("team")
    page = admin.open(f"{ATTRIBUTES}/named/team")
    assert "Your role lets you look, not change." in words_of(page)
    assert "Delete" not in words_of(page)
    assert admin.http.get(f"{ATTRIBUTES}/new").status_code == 403


def test_a_scope_is_made_changed_and_listed(app, admin, make):
    make.attributes.define("team", claim="team")
    make.clients.web_client(client_name="Notes", scope="openid a/b")
    assert "No scopes of yours yet." in words_of(admin.open(SCOPES))
    made = admin.send(f"{SCOPES}/new", HR | {"name": "a/b"})
    words = words_of(admin.open(made.location))
    for told in ("Saved.", "Notes", "1 app may ask for it"):
        assert told in words
    changes = {"act": "save", "description": "Look", "claims": ["name"]}
    admin.send(made.location.partition("?")[0], changes)
    with app.app_context():
        found = get_scope("a/b")
    assert (found.description, found.claims) == ({"en": "Look"}, ("name",))
    assert "Look" in words_of(admin.open(SCOPES))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": "profile"}, "means something at this server itself"),
        ({"name": "taken"}, "another scope has it"),
        ({"claims": []}, "different claims"),
        ({"claims": ["nothing"]}, "there is no claim"),
        ({"description": "@no_tag Look"}, "must be text by language"),
    ],
)
def test_a_mistake_about_a_scope_is_explained(admin, make, said, told):
    make.attributes.scope("taken", "email")
    make.attributes.define("team", claim="team")
    page = admin.send(f"{SCOPES}/new", HR | said)
    assert told in errors_of(page)
    assert 'value="email" checked' in page.text or "claims" in said


def test_a_scope_goes_once_no_attribute_names_it(admin, make):
    make.attributes.scope("hr", "email")
    make.attributes.define("team", claim="team", scope="hr")
    page = f"{SCOPES}/named/hr"
    assert "It cannot go while attributes name it." in words_of(admin.open(page))
    kept = admin.send(page, {"act": "delete", "confirmation": "hr"})
    assert "It cannot go while attributes name it." in words_of(kept)
    make.attributes.delete("team")
    refused = admin.send(page, {"act": "delete", "confirmation": "h"})
    assert "Type the name exactly" in errors_of(refused)
    gone = admin.send(page, {"act": "delete", "confirmation": "hr"})
    assert "The scope is deleted." in words_of(follow(admin.http, gone))
