"""Browsers of admins."""

import pytest

from tests.admin.pages.pages_of_clients import AdminBrowser


@pytest.fixture
def admin(http, make):
    """The browser of an admin who signed in just now."""
    make.browsers.sign_in(http, roles=["admin"])
    return AdminBrowser(http)
