"""/admin/api-keys: make a key, see it once, revoke it."""

import pytest

from tests.admin.pages.pages_of_clients import AdminBrowser, errors_of, words_of
from tests.api.callers import Program

PATH = "/admin/api-keys"
READ = {"may.users.read": "1"}


@pytest.fixture
def owner(http, make) -> AdminBrowser:
    """The browser of an owner, who alone may make keys."""
    make.browsers.sign_in(http, roles=["owner"])
    return AdminBrowser(http)


def made(owner, **more) -> str:
    """Make a key; return its text."""
    answer = owner.send(PATH, {"name": "deploy", "days": "30", **READ, **more})
    page = owner.follow(answer)
    assert owner.http.get(answer.location).location == PATH
    assert "the only time you see it" in words_of(page)
    return page.text.split('data-copy="')[1].split('"')[0]


def status_by(app, key) -> int:
    program = Program(app.test_client(use_cookies=False))
    program.headers = {"Authorization": f"Bearer {key}"}
    return program.get("/api/users").status_code


def test_a_key_that_was_made_works_is_listed_and_never_shown_again(owner, app):
    key = made(owner)
    assert status_by(app, key) == 200
    page = owner.open(PATH)
    assert "deploy" in words_of(page)
    assert "users.read" in words_of(page)
    assert key not in page.text


def test_a_revoked_key_opens_nothing(owner, app):
    key = made(owner)
    revoke = owner.open(PATH).text.split('action="')[1:]
    (path,) = [a.split('"')[0] for a in revoke if "/revoke" in a.split('"')[0]]
    answer = owner.send(path, {}, on=PATH)
    assert answer.status_code == 303
    assert status_by(app, key) == 401
    page = owner.open(answer.location)
    assert "The key is revoked" in words_of(page)
    assert "/revoke" not in page.text


def test_without_keys_the_page_says_what_to_do(owner):
    assert "No keys yet" in words_of(owner.open(PATH))


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"name": "", **READ}, "Give it a name"),
        ({"name": "k"}, "Choose what it may do"),
        ({"name": "k", "may.keys.rotate": "1"}, "owners alone"),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_made(owner, make, sent, error):
    page = owner.send(PATH, {"days": "30", **sent})
    assert error in errors_of(page)
    assert make.records.audited("api_key.created") == []


def test_what_is_for_owners_alone_is_made_when_it_is_meant(owner):
    assert made(owner, **{"may.keys.rotate": "1", "dangerous": "1"})


@pytest.mark.parametrize("role", ["admin", "support", "auditor"])
def test_nobody_but_owners_is_led_there(http, make, role):
    make.browsers.sign_in(http, roles=[role])
    assert PATH not in http.get("/admin/clients").text
    assert http.get(PATH).status_code == 403
