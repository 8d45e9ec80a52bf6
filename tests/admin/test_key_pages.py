"""/admin/keys: which key signs, and what follows it."""

import re

import pytest

from idp.core.db import db
from idp.oauth.keys import rotation
from tests.admin.pages.pages_of_clients import AdminBrowser, words_of
from tests.hosted_pages import press
from tests.make_users import PASSWORD

PATH = "/admin/keys"
ROTATE = f"{PATH}/rotate"


@pytest.fixture(autouse=True)
def first_keys(app):
    with app.app_context():
        rotation.ensure_keys()
        db.session.commit()


@pytest.fixture
def owner(http, make):
    make.browsers.sign_in(http, roles=["owner"])
    return AdminBrowser(http)


def test_an_owner_rotates_after_a_question(owner):
    assert f'href="{ROTATE}"' in owner.open(PATH).text
    assert "In 24 hours" in words_of(owner.open(ROTATE))
    answer = owner.send(ROTATE, {"when": "later"})
    assert answer.status_code == 303
    listed = words_of(owner.open(answer.location))
    assert "The next keys are published" in listed
    assert listed.count("Next") >= 2


def test_keys_that_wait_already_are_told_of_and_no_others_are_made(owner, app):
    owner.send(ROTATE, {"when": "later"})
    again = owner.send(ROTATE, {"when": "later"})
    assert again.status_code == 200
    assert "The next keys are published already" in words_of(again)
    with app.app_context():
        assert db.session.query(rotation.SigningKey).count() == 4


def test_a_key_that_leaked_is_followed_at_once(owner, clock):
    owner.send(ROTATE, {"when": "now"})
    clock.tick(seconds=30)
    assert "Published" in words_of(owner.open(PATH))


def test_a_key_that_others_have_is_revoked_after_a_question(owner):
    path = re.search(rf'href="({PATH}/[^"]+/revoke)"', owner.open(PATH).text)[1]
    assert "It signs now" in words_of(owner.open(path))
    answer = owner.send(path, {})
    assert answer.status_code == 303
    listed = owner.open(answer.location)
    assert "The key is revoked" in words_of(listed)
    assert path not in listed.text
    assert owner.http.get(f"{PATH}/unknown/revoke").status_code == 404


def test_a_time_that_is_none_of_the_choices_is_refused(owner):
    assert owner.send(ROTATE, {"when": "never"}).status_code == 200


def test_after_ten_minutes_the_owner_is_asked_who_they_are(owner, clock, app):
    clock.tick(minutes=11)
    asked = owner.send(ROTATE, {"when": "now"})
    assert asked.location.startswith("/account/confirm?return_to=")
    back = press(owner.http, owner.http.get(asked.location), password=PASSWORD)
    page = owner.open(back.location)
    assert "Nothing is changed yet" in words_of(page)
    assert 'value="now" checked' in page.text
    with app.app_context():
        assert db.session.query(rotation.SigningKey).count() == 2


@pytest.mark.parametrize("role", ["admin", "support", "auditor"])
def test_others_look_and_find_no_button(http, make, role):
    make.browsers.sign_in(http, roles=[role])
    admin = AdminBrowser(http)
    page = admin.open(PATH)
    assert ROTATE not in page.text
    assert "lets you look, not change" in words_of(page)
    assert http.get(ROTATE).status_code == 403


def test_before_there_are_keys_the_page_says_where_they_come_from(owner, app):
    with app.app_context():
        db.session.query(rotation.SigningKey).delete()
        db.session.commit()
    assert "No keys yet" in words_of(owner.open(PATH))
