"""Operators of each role, and people they look after."""

import pytest

from tests.admin.pages.pages_of_clients import AdminBrowser


@pytest.fixture
def as_role(http, make):
    """Return a function that signs an operator with a role in."""

    def sign_in(role: str) -> AdminBrowser:
        make.browsers.sign_in(http, email=f"{role}@idp.example", roles=[role])
        return AdminBrowser(http)

    return sign_in


@pytest.fixture
def owner(as_role):
    return as_role("owner")


@pytest.fixture
def support(as_role):
    return as_role("support")


@pytest.fixture
def ada(make):
    """Somebody who has no role."""
    return make.users.account("ada@example.com", username="ada", name="Ada Lovelace")
