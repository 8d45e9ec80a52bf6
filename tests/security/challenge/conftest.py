"""A program without cookies, and Ada."""

import pytest

from tests.issuer import IssuerClient
from tests.security.challenge.solving import ADA, ON


@pytest.fixture
def environ():
    return ON


@pytest.fixture
def http(app):
    app.test_client_class = IssuerClient
    return app.test_client(use_cookies=False)


@pytest.fixture
def ada(make):
    make.clients.spa()  # and the key that signs the tokens of sign-ins
    return make.users.account(ADA)
