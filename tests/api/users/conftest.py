"""Admins and people without a role who speak JSON; every answer is documented."""

from dataclasses import dataclass

import pytest

from tests.api.callers import Program
from tests.make_users import MadeAccount


@dataclass(frozen=True)
class Caller:
    """Who calls, and by what."""

    account: MadeAccount
    api: Program


@pytest.fixture
def root(make) -> MadeAccount:
    """The only owner there is."""
    return make.users.account("root@example.com", roles=["owner"])


@pytest.fixture
def ada(make) -> MadeAccount:
    """A person without a role."""
    return make.users.account("ada@example.com", username="ada", name="Ada Lovelace")


@pytest.fixture(params=["program", "spa"])
def admin(request, root) -> Caller:
    """The admin, by token and by cookie."""
    api = request.getfixturevalue(request.param)
    api.sign_in(root)
    return Caller(root, api)


@pytest.fixture
def admin_page(spa, root) -> Program:
    """A script of our page that the admin has open."""
    spa.sign_in(root)
    return spa


@pytest.fixture(params=["program", "spa"])
def person(request, ada) -> Caller:
    """Ada, by token and by cookie."""
    api = request.getfixturevalue(request.param)
    api.sign_in(ada)
    return Caller(ada, api)


@pytest.fixture
def elsewhere(another_spa, ada) -> Caller:
    """Ada in another browser."""
    another_spa.sign_in(ada)
    return Caller(ada, another_spa)
