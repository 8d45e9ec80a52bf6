"""A person at a browser that runs no scripts: opens pages, fills in forms, follows."""

import re

from flask import Flask
from werkzeug.test import TestResponse

from tests.hosted_pages import ORIGIN, Page, read_page


class Browser:
    """One browser with its cookies; ``page`` is what it shows."""

    def __init__(self, app: Flask) -> None:
        self.http = app.test_client()
        self.response: TestResponse

    @property
    def page(self) -> Page:
        """The page that is open."""
        return read_page(self.response)

    @property
    def text(self) -> str:
        """The words of the page."""
        return self.page.text

    @property
    def title(self) -> str:
        """The page's title."""
        return re.search("<title>(.*?)</title>", self.response.text)[1]

    def open(self, path: str) -> TestResponse:
        """Open a page and follow its redirects."""
        return self.follow(self.http.get(path, headers={"Accept": "text/html"}))

    def submit(self, action: str | None = None, **typed: str) -> TestResponse:
        """Send the page's form to ``action`` (its first form) and follow the answer."""
        return self.follow(self.send(action, **typed))

    def send(self, action: str | None = None, **typed: str) -> TestResponse:
        """Send a form and return the bare answer."""
        form = next(f for f in self.page.forms if action in (None, f.action))
        data = dict(form.fields) | typed
        headers = {"Origin": ORIGIN, "Accept": "text/html"}
        return self.http.post(form.action, data=data, headers=headers)

    def follow(self, response: TestResponse) -> TestResponse:
        """Follow redirects for as long as they stay on our server."""
        while response.status_code in (302, 303) and response.location.startswith("/"):
            response = self.http.get(response.location, headers={"Accept": "text/html"})
        self.response = response
        return response

    def sign_in(self, login: str, password: str, **typed: str) -> TestResponse:
        """Sign in on the sign-in page."""
        self.open("/login")
        return self.submit(username=login, password=password, **typed)

    def cookie(self, name: str = "__Host-idp") -> str | None:
        """Return a cookie's value."""
        found = self.http.get_cookie(name, domain="idp.example")
        return found.value if found else None

    def use_cookie(self, token: str, name: str = "__Host-idp") -> None:
        """Hold a cookie that was made elsewhere."""
        self.http.set_cookie(name, token, domain="idp.example", secure=True)
