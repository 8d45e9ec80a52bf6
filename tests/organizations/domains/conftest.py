"""An organization that proves its domain at a name server of the tests' own."""

from collections.abc import Iterator

import pytest
from flask import Flask

from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from idp.security.dns import Dns
from tests.api.callers import Program
from tests.documented import watched
from tests.issuer import IssuerClient
from tests.organizations.domains.name_server import NameServer, name_server
from tests.organizations.domains.owned import Owned


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
def names(app: Flask) -> Iterator[NameServer]:
    """A name server that this server asks."""
    with name_server() as running:
        app.extensions["idp"][Dns] = Dns((running.address,))
        yield running


@pytest.fixture
def enter(app: Flask):
    """Sign somebody in with a program of their own."""

    def sign_in(account) -> Program:
        program = Program(app.test_client(use_cookies=False))
        program.sign_in(account)
        return program

    return sign_in


@pytest.fixture
def boss(make):
    return make.users.account("boss@home.example")


@pytest.fixture
def acme(enter, boss, names) -> Owned:
    """The organization."""
    program = enter(boss)
    made = program.post("/api/organizations", {"name": "Acme"}).json
    return Owned(program, f"/api/organizations/{made['id']}", names=names)


@pytest.fixture
def rival(enter, make, names) -> Owned:
    """Another one."""
    program = enter(make.users.account("rival@home.example"))
    made = program.post("/api/organizations", {"name": "Rival"}).json
    return Owned(program, f"/api/organizations/{made['id']}", names=names)
