"""A company whose people sign in with the password of its directory."""

from collections.abc import Callable

from flask import Flask

from idp.core.db import db
from idp.federation.ldap_members import ATTRIBUTES
from idp.federation.models import LinkedIdentity
from tests.browsing import Browser
from tests.factories import Make
from tests.federation.ldap.slapd import PASSWORD, SECRET, Slapd

ADDRESS = "ada@corp.example"


class Company:
    """A provider over a directory, and the browsers of its people."""

    def __init__(
        self, app: Flask, make: Make, *, directory: Slapd, new: Callable[[], Browser]
    ) -> None:
        self.app = app
        self.make = make
        self.directory = directory
        self.new = new

    def set_up(self, options: dict[str, str] | None = None, **fields: object) -> None:
        """Set the directory up, as an operator does."""
        known = {
            "kind": "ldap",
            "name": "Corp",
            "issuer": None,
            "client_id": "",
            "claims": dict(ATTRIBUTES),
            "ldap": self.directory.options(**(options or {})),
            "domains": ["corp.example"],
            "trust_email": True,
            "secret": SECRET,
        }
        self.make.providers.provider("corp", **(known | fields))

    def sign_in(self, login: str = ADDRESS, password: str = PASSWORD) -> Browser:
        """Sign in with a browser that is new."""
        browser = self.new()
        browser.sign_in(login, password)
        return browser

    def linked_users(self) -> list[str]:
        """Return who is linked to somebody in the directory."""
        with self.app.app_context():
            return [each.user_id for each in db.session.query(LinkedIdentity)]


def signed_in(browser: Browser) -> bool:
    """Tell whether a browser has a session."""
    return browser.http.get("/account").status_code == 200


def path_of(browser: Browser) -> str:
    """Return the path of the page that is open."""
    return browser.response.request.path


def groups_of(browser: Browser) -> list[str]:
    """Return the groups of who is signed in."""
    browser.open("/account/data")
    body = browser.send("/account/data/export").json
    return sorted(row["name"] for row in body["groups"])
