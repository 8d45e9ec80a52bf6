from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import Browser


@pytest.fixture
def browser(app: Flask, http: FlaskClient) -> Browser:
    """A person's browser; ``http`` has set the client that goes to the issuer."""
    return Browser(app)


@pytest.fixture
def another_browser(app: Flask, http: FlaskClient) -> Callable[[], Browser]:
    """Makes further browsers."""
    return lambda: Browser(app)
