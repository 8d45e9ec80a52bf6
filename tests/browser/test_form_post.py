"""OAuth 2.0 Form Post Response Mode in Chromium: the app gets what it sent, by POST."""

from urllib.parse import parse_qs, urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.journeys import sign_in
from tests.browser.seed import SEED
from tests.security.outbound.peers import answering, peer
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.processes]

STATE = """'"><b>&amp; %22%0A+ é 𝕏"""
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture(scope="module")
def app():
    """An app that notes what is posted to it."""
    page = b"<!doctype html><title>App</title>"
    with peer(answering(page, "200 OK", "Content-Type: text/html")) as app:
        yield app


@pytest.fixture(scope="module")
def idp(databases, tmp_path_factory, app):
    """A server that knows the app, on another site."""
    folder = tmp_path_factory.mktemp("form-post")
    client = f"""
[[clients]]
client_id = "app"
token_endpoint_auth_method = "none"
redirect_uris = ["http://127.0.0.1:{app.port}/callback?a=1"]
scope = "openid"
first_party = true
"""
    (folder / "seed.toml").write_text(SEED + client)
    with (
        databases.fresh() as url,
        serving(
            folder,
            *("--seed", "seed.toml"),
            environ={"IDP_DATABASE_URL": url, "IDP_DEMO": "false"},
        ) as server,
    ):
        yield server


def asked(app, **more):
    """Return what the app asks for."""
    return {
        "client_id": "app",
        "redirect_uri": f"http://127.0.0.1:{app.port}/callback?a=1",
        "response_type": "code",
        "response_mode": "form_post",
        "scope": "openid",
        "state": STATE,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | more


def posted(app) -> tuple[str, dict[str, list[str]]]:
    """Return what the app was posted: the head of the request, and the fields."""
    raw = next(raw for raw in app.requests if raw.startswith(b"POST "))
    head, _, body = raw.decode().partition("\r\n\r\n")
    return head, parse_qs(body, strict_parsing=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_answer_is_posted_to_the_app(idp, app, chromium, scripts):
    app.requests.clear()
    request = asked(app)
    with chromium.new_context(java_script_enabled=scripts) as context:
        page = context.new_page()
        page.goto(f"{idp.url}/oauth2/authorize?{urlencode(request)}")
        sign_in(page)
        if not scripts:
            page.get_by_role("button", name="Continue").click()
        expect(page).to_have_url(request["redirect_uri"])
    head, fields = posted(app)
    assert head.startswith("POST /callback?a=1 HTTP/1.1\r\n")
    assert f"origin: {idp.url}" in head.lower()
    assert fields.keys() == {"code", "state", "iss"}
    assert (fields["state"], fields["iss"]) == ([STATE], [idp.url])


def test_an_app_renews_in_a_hidden_frame(idp, app, chromium):
    app.requests.clear()
    request = asked(app, prompt="none")
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{app.port}/")
        with page.expect_response(lambda got: got.request.method == "POST"):
            page.evaluate(
                "url => { const frame = document.createElement('iframe');"
                " frame.src = url; document.body.append(frame); }",
                f"{idp.url}/oauth2/authorize?{urlencode(request)}",
            )
    _, fields = posted(app)
    assert fields["error"] == ["login_required"]
