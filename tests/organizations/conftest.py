import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import Browser


@pytest.fixture
def browser(app: Flask, http: FlaskClient) -> Browser:
    """A person's browser; ``http`` has set the client that goes to the issuer."""
    return Browser(app)
