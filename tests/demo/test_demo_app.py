import subprocess
from pathlib import Path

import pytest

import idp.demo
from idp.demo.registrations import registrations

PAGES = ["/", "/web", "/spa", "/spa/callback", "/nowhere"]
VENDOR = Path(idp.demo.__file__).parent / "static" / "vendor"


@pytest.mark.parametrize("path", PAGES)
def test_pages_allow_no_inline_code_and_no_foreign_host(browser, issuer, path):
    page = browser.get(path)
    policy = page.headers["Content-Security-Policy"]
    assert f"connect-src 'self' {issuer.url};" in policy
    assert "default-src 'none'" in policy
    assert "form-action" not in policy
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert "<style" not in page.text
    assert " style=" not in page.text
    assert not [tag for tag in page.text.split("<script")[1:] if " src=" not in tag]


def test_only_cookies_named_demo_are_set(browser):
    browser.sign_in()
    names = {cookie.key for cookie in browser.client._cookies.values()}
    assert names == {"demo_session"}


def test_another_host_name_is_led_to_the_registered_one(app):
    answer = app.test_client().get("/web?x=1", base_url="http://127.0.0.1:8001")
    assert answer.location == "http://localhost/web?x=1"


@pytest.mark.parametrize("origin", ["http://localhost:8000", "null"])
def test_forms_of_other_origins_are_refused(app, origin):
    client = app.test_client()
    answer = client.post("/web/sign-in", headers={"Origin": origin})
    assert answer.status_code == 400


def test_state_changes_only_by_post(browser):
    for path in ("/web/sign-in", "/web/refresh", "/web/sign-out", "/web/break/x"):
        assert browser.get(path).status_code == 405


def test_the_registered_redirect_uris_are_the_ones_the_apps_send(browser):
    web, spa = registrations("http://localhost", "secret")
    assert web["redirect_uris"] == ["http://localhost/web/callback"]
    assert "redirect_uri=http%3A%2F%2Flocalhost%2Fweb%2Fcallback" in (
        browser.press("/web/sign-in").location
    )
    assert f'data-redirect-uri="{spa["redirect_uris"][0]}"' in browser.get("/spa").text


def test_the_spa_is_registered_without_a_secret():
    web, spa = registrations("http://localhost:8001", "s3cret")
    assert web["client_secret"] == "s3cret"
    assert web["token_endpoint_auth_method"] == "client_secret_basic"
    assert "client_secret" not in spa
    assert spa["token_endpoint_auth_method"] == "none"


def test_the_vendored_library_is_the_published_one():
    subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=VENDOR,
        check=True,
        capture_output=True,
    )
