"""An admin who tries an app, in a browser without scripts."""

import json
import re
from dataclasses import dataclass
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.admin.pages.pages_of_clients import AdminBrowser
from tests.hosted_pages import ORIGIN, follow, press, read_page
from tests.make_clients import MadeClient

TRY = "/admin/apps/try"
TRY_URI = f"{ORIGIN}{TRY}"
BLOCK = re.compile(
    r'<pre [^>]*aria-label="([^"]+): claims"[^>]*>(.*?)</pre>', re.DOTALL
)


def path_of(client: MadeClient) -> str:
    return f"/admin/clients/{client.client_id}/try"


@dataclass
class Trial:
    """One trial of an app by the person of a browser."""

    http: FlaskClient
    client: MadeClient

    def start(self, **typed) -> TestResponse:
        """Send the form; return the redirect to the authorization endpoint."""
        asked = {"scope": ["openid", "profile", "email"], "resource": "", "prompt": ""}
        admin = AdminBrowser(self.http)
        return admin.send(path_of(self.client), asked | typed)

    def reach(self, **typed) -> TestResponse:
        """Go on to the page where it stops, consent given: the form that posts."""
        page = follow(self.http, self.start(**typed))
        return self.allow(page)

    def allow(self, page: TestResponse) -> TestResponse:
        """Allow what is asked for, if it is."""
        if 'value="allow"' in page.text:
            page = follow(self.http, press(self.http, page, decision="allow"))
        return page

    def finish(self, **typed) -> TestResponse:
        """Bring the answer to the page that shows what is in it."""
        return press(self.http, self.reach(**typed))


def fields_of(page: TestResponse) -> dict[str, str]:
    """Return the authorization response in the form that posts it."""
    (form,) = (form for form in read_page(page).forms if form.action == TRY_URI)
    return dict(form.fields)


def post_answer(http: FlaskClient, fields: dict, origin: str = ORIGIN) -> TestResponse:
    """Post an authorization response, as a page of ours or another does."""
    return http.post(TRY, data=fields, headers={"Origin": origin})


def shown(page: TestResponse) -> dict[str, dict]:
    """Return the claims that the page shows, by whose they are."""
    assert page.status_code == 200, page.text
    return {name: json.loads(unescape(text)) for name, text in BLOCK.findall(page.text)}


def token_in(page: TestResponse, name: str) -> str:
    """Return a token that the page lets copy."""
    part = page.text.split(f">{name}</h2>")[1]
    return re.search(r'data-copy="([^"]+)"', part)[1]
