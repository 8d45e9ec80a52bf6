"""Ids and copies with what no database takes: not found or passed over, never a 500."""

import pytest

from tests.hosted_pages import ORIGIN, read_page

PAGES = (
    "/account/emails/{}/confirm",
    "/account/links/{}/unlink",
    "/account/passkeys/{}/remove",
    "/account/sessions/{}/revoke",
    "/account/sessions/trusted/{}/revoke",
    "/account/apps/{}/revoke",
    "/account/tokens/{}/revoke",
)
JSON = (
    "/account/emails/{}",
    "/account/passkeys/{}",
    "/account/sessions/{}",
    "/account/apps/{}",
    "/account/tokens/{}",
    "/account/trusted-browsers/{}",
    "/api/auth/external/{}",
)


@pytest.fixture
def headers(http, make):
    """What a browser that is signed in sends along."""
    make.browsers.sign_in(http)
    page = http.get("/account/profile", headers={"Accept": "text/html"})
    token = dict(read_page(page).forms[0].fields)["csrf_token"]
    return {"Origin": ORIGIN, "X-CSRF-Token": token}


@pytest.mark.parametrize("encoded", ["%00", "%2500", "a%00b"])
def test_an_id_that_no_row_can_have_is_not_found(http, headers, encoded):
    statuses = {
        path: http.open(path.format(encoded), method=method, headers=headers).status
        for method, paths in (("POST", PAGES), ("DELETE", JSON))
        for path in paths
    }
    assert not {path: status for path, status in statuses.items() if status >= "5"}


@pytest.mark.parametrize("copy", ["%00", "%C3%A9", "a%0Ab"])
def test_a_copy_that_can_be_none_is_passed_over(http, make, copy):
    make.providers.provider(
        kind="oauth2",
        issuer=None,
        authorization_endpoint="https://acme.example/authorize",
        token_endpoint="https://acme.example/token",
    )
    away = http.get(f"/login/with/acme?request={copy}")
    assert away.location.startswith("https://acme.example/authorize?")
