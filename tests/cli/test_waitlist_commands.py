"""``idp waitlists``."""

import json

import pytest

from idp.accounts.users import find_by_login
from idp.cli.application import open_application
from idp.core.db import db
from idp.organizations.contexts.places import acting_in
from idp.organizations.waitlists.entries import Waiter, sign_up


@pytest.fixture
def waiting(idp) -> None:
    """Two people who wait for one feature."""
    for name in ("ada", "bob"):
        idp("users", "create", f"{name}@example.com", "--username", name)
    with open_application().app_context():
        for name in ("ada", "bob"):
            user = find_by_login(name)
            assert user
            sign_up(Waiter(user.id, acting_in(user.id, None)), "dark-mode")
        db.session.commit()


def emails(idp, feature: str) -> set[str]:
    shown = json.loads(idp("waitlists", "show", feature, "--json").output)
    return {each["email"] for each in shown}


def test_features_and_who_waits_are_listed(idp, waiting):
    (one,) = json.loads(idp("waitlists", "list", "--json").output)
    assert (one["feature"], one["waiting"]) == ("dark-mode", 2)
    assert emails(idp, "dark-mode") == {"ada@example.com", "bob@example.com"}
    assert "dark-mode" in idp("waitlists", "list").output
    assert emails(idp, "other") == set()


def test_one_is_taken_off(idp, waiting):
    said = json.loads(idp("waitlists", "remove", "dark-mode", "ada", "--json").output)
    expected = {"feature": "dark-mode", "email": "ada@example.com", "removed": 1}
    assert said == expected
    assert emails(idp, "dark-mode") == {"bob@example.com"}
    elsewhere = ("--organization", "0" * 32)
    idp("waitlists", "remove", "dark-mode", "bob", *elsewhere)
    assert emails(idp, "dark-mode") == {"bob@example.com"}
    refused = idp("waitlists", "remove", "dark-mode", "eve", status=3)
    assert "nobody is eve" in refused.stderr
