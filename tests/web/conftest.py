"""An app with a shelf of books on it, and ways to speak to it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.web.browser.cookies import cookie_names
from tests.apps import Furnish
from tests.documented import watched
from tests.factories import Make
from tests.issuer import ISSUER, IssuerClient
from tests.make_clients import MadeClient
from tests.make_users import MadeAccount
from tests.oauth.calls import redeem
from tests.web import shelf


@pytest.fixture
def spa(make: Make) -> MadeClient:
    """A client whose tokens may open the shelf."""
    uri = shelf.SPA + "/callback"
    return make.clients.own_app(redirect_uris=[uri], scope="openid account")


@pytest.fixture
def furnish(request: pytest.FixtureRequest) -> Furnish | None:
    """Put up the shelf where a test speaks to it."""
    return shelf.put_up if "shelved" in request.fixturenames else None


@pytest.fixture
def shelved(app: Flask, make: Make, spa: MadeClient) -> Iterator[Flask]:
    """The app with the shelf, and two clients; only the first has tokens there."""
    make.clients.spa(redirect_uris=[shelf.OTHER_SPA + "/callback"])
    with watched(app):
        yield app


@pytest.fixture
def program(shelved: Flask) -> FlaskClient:
    """A program without token or cookie."""
    shelved.test_client_class = IssuerClient
    return shelved.test_client()


@pytest.fixture
def browser(shelved: Flask, make: Make, program: FlaskClient) -> FlaskClient:
    """A browser that cookie-user is signed in with."""
    user_id, _ = make.users.signed_in_person(id="cookie-user")
    token = make.browsers.session(MadeAccount(user_id, "", "", ""))
    with shelved.test_request_context(base_url=ISSUER):
        name = cookie_names().session
    program.set_cookie(name, token, domain="idp.example", secure=True)
    return program


@pytest.fixture
def csrf(browser: FlaskClient) -> dict[str, str]:
    """The header that the signed-in browser needs for changes."""
    return {"X-CSRF-Token": browser.get("/shelf/csrf").text}


@pytest.fixture
def bearer_of(
    program: FlaskClient, make: Make, spa: MadeClient
) -> Callable[..., dict[str, str]]:
    """Issue bearer-user a token for the account API; return its header."""

    def issue(*, scope: str = "account", **profile: object) -> dict[str, str]:
        person = make.users.signed_in_person(id="bearer-user", **profile)
        resource = [f"{ISSUER}/account"]
        made = make.tokens.code(spa, scope=scope, person=person, resource=resource)
        token = redeem(program, made).json["access_token"]
        return {"Authorization": f"Bearer {token}"}

    return issue


@pytest.fixture
def bearer(bearer_of: Callable[..., dict[str, str]]) -> dict[str, str]:
    """The header of a live access token."""
    return bearer_of()
