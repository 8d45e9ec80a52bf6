"""/admin/orgs: organizations in the console."""

import pytest

from idp.organizations.memberships import list_memberships
from tests.admin.pages.pages_of_clients import errors_of, words_of

LIST, NEW = "/admin/orgs", "/admin/orgs/new"


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com", name="Ada", username="ada")


@pytest.fixture
def acme(make, ada) -> str:
    """The page of an organization."""
    return f"{LIST}/{make.organizations.organization(ada, name='Acme')}"


def test_one_is_made_for_somebody_and_listed(app, admin, ada):
    assert "No organizations yet." in words_of(admin.open(LIST))
    wrong = admin.send(NEW, {"name": "Acme", "owner": "nobody"})
    assert "Nobody here has this address or username." in errors_of(wrong)
    made = admin.send(NEW, {"name": "Acme", "owner": "ada"})
    assert "The organization is there." in words_of(admin.open(made.location))
    words = words_of(admin.open(f"{LIST}?q=ACM"))
    assert "acme" in words
    assert "Approved" in words
    assert "No organization is like that." in words_of(admin.open(f"{LIST}?q=other"))
    with app.app_context():
        assert list_memberships(ada.id)[1].role == "owner"


def test_members_are_added_and_get_roles(app, admin, acme, make):
    bob = make.users.account("bob@example.com", name="Bob")
    wrong = admin.send(acme, {"act": "add", "login": "nobody"})
    assert "Nobody here has this address or username." in errors_of(wrong)
    admin.send(acme, {"act": "add", "login": "bob@example.com"})
    words = words_of(admin.open(acme))
    assert "2 members" in words
    assert "bob@example.com" in words
    admin.send(f"{acme}/members/{bob.id}", {"act": "save", "role": "owner"})
    with app.app_context():
        assert list_memberships(bob.id)[1].role == "owner"


def test_it_is_disabled_enabled_deleted_and_kept(admin, acme):
    admin.send(acme, {"act": "disable"})
    assert "An administrator has disabled this" in words_of(admin.open(acme))
    admin.send(acme, {"act": "enable"})
    wrong = admin.send(f"{acme}/settings", {"act": "delete", "confirmation": "x"})
    assert "Type the name exactly" in errors_of(wrong)
    admin.send(f"{acme}/settings", {"act": "delete", "confirmation": "Acme"})
    assert "will be erased on" in words_of(admin.open(acme))
    admin.send(acme, {"act": "undo"})
    assert "will be erased on" not in words_of(admin.open(acme))
