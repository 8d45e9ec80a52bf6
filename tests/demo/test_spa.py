"""The single-page app in a real browser, at an issuer that shares no code with ours."""

import re
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from werkzeug.serving import make_server

from idp.demo.app import DemoConfig, create_demo_app

pytestmark = pytest.mark.browser

VIOLATIONS = {"resultTypes": ["violations"]}


@pytest.fixture
def demo_url(issuer):
    server = make_server("127.0.0.1", 0, app=None, threaded=True)
    url = f"http://localhost:{server.server_port}"
    server.app = create_demo_app(
        DemoConfig(
            issuer=issuer.url,
            base_url=url,
            web_client_secret="web secret/1",
            cookie_secret="signs the demo cookie",
        )
    )
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def context(chromium):
    with chromium.new_context() as context:
        yield context


@pytest.fixture
def page(context, demo_url):
    page = context.new_page()
    page.goto(f"{demo_url}/spa")
    return page


def sign_in(page):
    page.click("#sign-in")
    expect(page.locator("#tokens")).to_be_visible()


def test_tokens_userinfo_refresh_and_sign_out(page, issuer):
    sign_in(page)
    expect(page.locator("#who")).to_contain_text("ada")
    expect(page).to_have_url(re.compile(r"/spa$"))

    page.click("#userinfo")
    expect(page.locator("#userinfo-answer")).to_contain_text('"sub": "ada"')

    page.click("#refresh")
    expect(page.locator("#status")).to_contain_text("Refreshed")
    expect(page.locator("#error")).to_be_hidden()

    log = page.locator("#log")
    for seen in ("authorize", "token", "userinfo", "spa/callback"):
        expect(log).to_contain_text(seen)
    assert not [code for code in issuer.access_tokens if code in log.text_content()]

    page.click("#sign-out")
    expect(page.locator("#signed-out-here")).to_be_visible()
    expect(page.locator("#tokens")).to_be_hidden()


def test_a_second_tab_shares_the_tokens_and_the_sign_out(context, page):
    sign_in(page)
    second = context.new_page()
    second.goto(page.url)
    expect(second.locator("#tokens")).to_be_visible()
    second.click("#sign-out")
    expect(page.locator("#tokens")).to_be_hidden()


def test_refresh_in_all_tabs_reaches_every_tab(context, page, issuer):
    # this issuer has no grace for late refreshes: keep the old tokens good
    issuer.refresh_tokens = Unspendable()
    sign_in(page)
    second = context.new_page()
    second.goto(page.url)
    expect(second.locator("#tokens")).to_be_visible()
    page.click("#refresh-all")
    for tab in (page, second):
        expect(tab.locator("#status")).to_contain_text("Refreshed")
        expect(tab.locator("#tokens")).to_be_visible()


class Unspendable(dict):
    def pop(self, key, default=None):
        return self.get(key, default)


@pytest.mark.parametrize(
    ("experiment", "seen"),
    [
        ("missing-pkce", "code_challenge is missing"),
        ("tampered-state", "No matching state"),
        ("wrong-verifier", "invalid_grant"),
        ("reused-code", "invalid_grant"),
    ],
)
def test_a_broken_sign_in_ends_in_the_promised_refusal(page, experiment, seen):
    page.click(f"#break-{experiment}")
    expect(page.locator("#error")).to_contain_text(seen)
    expect(page.locator("#error-expected")).to_contain_text("Expected:")
    expect(page.locator("#tokens")).to_be_hidden()


def test_an_answer_of_another_issuer_is_refused(page, issuer):
    issuer.extra_answer["iss"] = "https://attacker.example"
    page.click("#sign-in")
    expect(page.locator("#error-code")).to_have_text("iss_mismatch")
    assert not issuer.access_tokens


def test_an_issuer_that_is_down_is_named(page, issuer):
    page.route(f"{issuer.url}/**", lambda route: route.abort())
    page.click("#sign-in")
    expect(page.locator("#error-code")).to_have_text("issuer_unreachable")
    expect(page.locator("#error-description")).to_contain_text(issuer.url)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit_320_px(chromium, demo_url, scheme):
    size = {"width": 320, "height": 640}
    with chromium.new_context(viewport=size, color_scheme=scheme) as context:
        page = context.new_page()
        for path in ("/", "/nowhere", "/web", "/spa"):
            page.goto(demo_url + path)
            if path in {"/web", "/spa"}:
                page.click("#sign-in")
                expect(page.locator("#tokens")).to_be_visible()
                page.wait_for_load_state()  # the look is part of what is measured
                page.evaluate(
                    "document.querySelectorAll('details').forEach(d => d.open = true)"
                )
            assert (
                page.evaluate("document.documentElement.scrollWidth") == size["width"]
            )
            assert not Axe().run(page, options=VIOLATIONS).response["violations"]
