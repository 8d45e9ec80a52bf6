"""An admin's browser on the pages about apps, as one without scripts."""

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp.core.db import db
from idp.oauth.models import Client
from tests.hosted_pages import ORIGIN, follow, read_page

TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class AdminBrowser:
    """A browser that opens pages and sends their forms."""

    def __init__(self, http: FlaskClient) -> None:
        self.http = http

    def open(self, path: str, **query: str) -> TestResponse:
        """Open a page; a redirect is followed."""
        return self.follow(self.http.get(path, query_string=query or None))

    def follow(self, response: TestResponse) -> TestResponse:
        """Go where an answer leads."""
        return follow(self.http, response)

    def send(self, path: str, data: dict, *, on: str | None = None) -> TestResponse:
        """Send a form of the page ``on``, whose own path is the default."""
        page = self.http.get(on or path)
        assert page.status_code == 200, page.text
        fields = {"csrf_token": TOKEN.search(page.text)[1], **data}
        headers = {"Origin": ORIGIN}
        return self.http.post(path, data=fields, headers=headers)

    def value(self, response: TestResponse, name: str) -> str:
        """Return what an input of a page holds."""
        found = re.search(rf'<input[^>]*name="{name}"[^>]*>', response.text)[0]
        return unescape(re.search(r'value="([^"]*)"', found)[1])


def words_of(response: TestResponse) -> str:
    """Return the text of a page."""
    return read_page(response).text


def errors_of(response: TestResponse) -> str:
    """Return the error summary of a page, where a person looks first."""
    assert response.status_code == 200
    assert "<title>Error: " in response.text
    return unescape(response.text.split('id="errors"')[1].split("</div></div>")[0])


def path_of(client, tab="") -> str:
    """Return the path of a page about a client."""
    return f"/admin/clients/{client.client_id}" + (f"/{tab}" if tab else "")


def row_of(app, client) -> Client:
    """Return a client as it is stored."""
    with app.app_context():
        return db.session.get_one(Client, client.client_id)
