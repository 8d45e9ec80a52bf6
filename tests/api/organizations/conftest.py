"""An organization with an owner, an admin and a member, each with a program."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.api.callers import Program
from tests.make_users import MadeAccount

PATH = "/api/organizations"

Enter = Callable[[MadeAccount], Program]


@pytest.fixture
def enter(app: Flask) -> Enter:
    """Sign somebody in with a program of their own."""

    def sign_in(account: MadeAccount) -> Program:
        program = Program(app.test_client(use_cookies=False))
        program.sign_in(account)
        return program

    return sign_in


@pytest.fixture
def ada(make) -> MadeAccount:
    return make.users.account("ada@example.com", name="Ada", username="ada")


@pytest.fixture
def grace(make) -> MadeAccount:
    return make.users.account("grace@example.com", name="Grace", username="grace")


@pytest.fixture
def owner(enter, ada) -> Program:
    """The program of Ada."""
    return enter(ada)


@pytest.fixture
def acme(owner) -> str:
    """The address of an organization that Ada made."""
    made = owner.post(PATH, {"name": "Acme"})
    assert made.status_code == 201, made.text
    return f"{PATH}/{made.json['id']}"


@pytest.fixture
def people(acme) -> str:
    """The address of its members."""
    return f"{acme}/members"


@pytest.fixture
def member(enter, make, acme, grace) -> Program:
    """The program of Grace, who is a member of it."""
    make.organizations.add(acme.rpartition("/")[2], grace)
    return enter(grace)
