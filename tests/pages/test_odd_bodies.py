"""Bodies that no page of ours sends: refused or read as empty, never a 500."""

import json
from io import BytesIO

import pytest

from tests.hosted_pages import ORIGIN, read_page

FORMS = (
    "/login",
    "/register",
    "/forgot-password",
    "/login/link",
    "/language",
    "/account/profile",
    "/account/password",
    "/account/confirm",
    "/account/email",
    "/account/data/delete",
    "/device",
)


@pytest.fixture
def token(http, make):
    """The form token of a browser that is signed in."""
    make.browsers.sign_in(http)
    page = http.get("/account/profile", headers={"Accept": "text/html"})
    return dict(read_page(page).forms[0].fields)["csrf_token"]


@pytest.mark.parametrize("path", FORMS)
def test_a_file_is_no_text(http, token, path):
    names = ("username", "password", "name", "email", "new_email", "user_code")
    files = {name: (BytesIO(b"x"), "a.txt") for name in names}
    answer = http.post(
        path, data={"csrf_token": token} | files, headers={"Origin": ORIGIN}
    )
    assert answer.status_code in (200, 303, 400)


@pytest.mark.parametrize("body", [5, "x", True, [1, 2], {"username": 5}, {}])
@pytest.mark.parametrize("path", FORMS)
def test_json_is_no_form(http, token, path, body):
    headers = {"Origin": ORIGIN, "X-CSRF-Token": token}
    answer = http.post(
        path, data=json.dumps(body), content_type="application/json", headers=headers
    )
    other_faces = {
        **dict.fromkeys(("/account/password", "/account/profile"), 405),
        **dict.fromkeys(("/account/confirm", "/account/email"), 400),
    }
    assert answer.status_code == other_faces.get(path, 415)
    assert http.get("/account", headers=headers).status_code == 200


def test_a_form_that_says_no_length_is_read_whole_or_refused(http, token):
    for padding, status in ((1000, 303), (70_000, 413)):
        body = f"csrf_token={token}&locale=de&x={'x' * padding}".encode()
        answer = http.post(
            "/language",
            input_stream=BytesIO(body),
            content_type="application/x-www-form-urlencoded",
            headers={"Origin": ORIGIN},
            environ_overrides={
                "wsgi.input_terminated": True,
                "HTTP_TRANSFER_ENCODING": "chunked",
            },
        )
        assert answer.status_code == status
