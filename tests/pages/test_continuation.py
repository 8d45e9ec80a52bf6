"""What waits behind a sign-in page: read once, and only where it matters."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from idp.core.db import db
from tests.hosted_pages import press, read_page
from tests.rp import RelyingParty


@pytest.fixture
def about_requests(app):
    """Record the verbs of statements about pending requests in a ``with`` block."""

    @contextmanager
    def recorded():
        seen = []

        def execute(_connection, _cursor, statement, *_rest):
            if "interactions" in statement:
                seen.append(statement.split()[0])

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", execute)
        yield seen
        event.remove(engine, "before_cursor_execute", execute)

    return recorded


@pytest.fixture
def sign_in_page(http, make):
    rp = RelyingParty(http, make.clients.own_app(scope="openid"))
    return rp.reach(ui_locales="de")


def test_a_page_reads_what_waits_once(http, sign_in_page, about_requests):
    with about_requests() as seen:
        page = http.get(sign_in_page.request.full_path)
    assert seen == ["SELECT"]
    assert "Notes" in read_page(page).text
    assert 'lang="de"' in page.text


def test_a_sign_in_reads_what_waits_once_and_takes_it_over(
    http, make, sign_in_page, about_requests
):
    ada = make.users.account()
    with about_requests() as seen:
        answer = press(http, sign_in_page, username=ada.email, password=ada.password)
    assert answer.location.startswith("/oauth2/authorize?interaction=")
    assert seen == ["SELECT", "UPDATE"]


def test_a_refused_sign_in_says_so_in_the_language_of_the_client(
    http, sign_in_page, about_requests
):
    with about_requests() as seen:
        page = press(http, sign_in_page, username="ada", password="not it")
    assert seen == ["SELECT"]
    assert 'lang="de"' in page.text
    assert "The email or password" not in page.text
