"""An app with a shelf of books on it, and ways to speak to it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.web.browser.cookies import cookie_names
from tests.conftest import ISSUER, IssuerClient
from tests.documented import watch
from tests.factories import Make
from tests.web import shelf


@pytest.fixture
def shelved(app: Flask, make: Make) -> Flask:
    """The app with the shelf, and two clients; only the first has tokens there."""
    spa = make.spa(redirect_uris=[shelf.SPA + "/callback"])
    make.spa(redirect_uris=[shelf.OTHER_SPA + "/callback"])
    shelf.put_up(app, spa=spa.client_id)
    watch(app)
    return app


@pytest.fixture
def program(shelved: Flask) -> FlaskClient:
    """A program without token or cookie."""
    shelved.test_client_class = IssuerClient
    return shelved.test_client()


@pytest.fixture
def browser(shelved: Flask, program: FlaskClient) -> FlaskClient:
    """A browser that is signed in."""
    with shelved.test_request_context(base_url=ISSUER):
        name = cookie_names().session
    program.set_cookie(name, shelf.SESSION, domain="idp.example", secure=True)
    return program


@pytest.fixture
def csrf(browser: FlaskClient) -> dict[str, str]:
    """The header that the signed-in browser needs for changes."""
    return {"X-CSRF-Token": browser.get("/shelf/csrf").text}


@pytest.fixture
def bearer() -> dict[str, str]:
    """The header of a live access token."""
    return {"Authorization": "Bearer good"}
