"""Programs and single-page front ends that speak JSON; every answer is documented."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from tests.api.callers import Program, Spa
from tests.documented import watched
from tests.issuer import IssuerClient


@pytest.fixture
def app(app: Flask) -> Iterator[Flask]:
    """The app with the key that signs access tokens, under watch."""
    app.test_client_class = IssuerClient
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()
    with watched(app):
        yield app


@pytest.fixture
def program(app: Flask) -> Program:
    """A program that keeps no cookies."""
    return Program(app.test_client(use_cookies=False))


@pytest.fixture
def spa(app: Flask) -> Spa:
    """A page's script in a browser of its own."""
    return Spa(app.test_client())


@pytest.fixture
def another_spa(app: Flask) -> Spa:
    """The same in another browser."""
    return Spa(app.test_client())


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    """A bare client of the issuer that keeps cookies."""
    return app.test_client()
