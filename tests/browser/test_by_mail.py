"""Signing in by mail in Chromium; the mail comes from a real SMTP server."""

import re
import threading
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import expect

from tests.browser.inspection import inspect_shown
from tests.browser.journeys import expect_app, scan
from tests.browser.seed import SEED
from tests.serving import free_ports, serving

pytestmark = [pytest.mark.browser, pytest.mark.processes]
ADA = "ada@example.com"


class Letters:
    """The mails to sign in by that the server has taken, for who waits for the next."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.came = threading.Event()

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - its name
        message = message_from_bytes(envelope.content, policy=policy.default)
        if message["Subject"].startswith("Sign in at"):
            self.taken.append(message.get_body(("plain",)).get_content())
            self.came.set()
        return "250 OK"

    def next(self) -> tuple[str, str]:
        """Wait for a letter; return its link and its code."""
        assert self.came.wait(20)
        self.came.clear()
        letter = self.taken[-1].replace("\r\n", "\n")
        link = re.search(r"^http://\S+token=\S+$", letter, re.MULTILINE)[0]
        return link, re.search(r"^ +(\d{6})$", letter, re.MULTILINE)[1]


@pytest.fixture(scope="module")
def letters():
    return Letters()


@pytest.fixture(scope="module")
def server(databases, tmp_path_factory, letters):
    """A server of this module's own, which sends its mail by SMTP."""
    folder = tmp_path_factory.mktemp("by-mail")
    (folder / "seed.toml").write_text(SEED)
    port, _ = free_ports()
    post = Controller(letters, hostname="127.0.0.1", port=port)
    post.start()
    with databases.fresh() as url:
        environ = {
            "IDP_RATELIMIT_MAIL_IP": "off",
            "IDP_DATABASE_URL": url,
            "IDP_MAIL_URL": f"smtp://127.0.0.1:{port}",
            "IDP_RATELIMIT_MAIL_ADDRESS": "off",
        }
        with serving(folder, "--seed", "seed.toml", environ=environ) as server:
            yield server
    post.stop()


def ask(page, server):
    """Go from the app to the sign-in page, and from there for a link."""
    page.goto(f"{server.demo_url}/web")
    page.locator("#sign-in").click()
    page.get_by_role("link", name="Email me a sign-in link").click()
    page.locator("[name=email]").fill(ADA)
    page.get_by_role("button", name="Email me a sign-in link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")


def reach_app(page, server):
    """Allow the app what it wants, the first time, and arrive there."""
    page.wait_for_url(re.compile(f"/consent|^{server.demo_url}"))
    if "/consent" in page.url:
        page.get_by_role("button", name="Allow").click()
    expect_app(page, server, "/web")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_in_one_browser_leads_to_the_app(server, chromium, letters, scripts):
    with chromium.new_context(java_script_enabled=scripts, bypass_csp=True) as context:
        page = context.new_page()
        ask(page, server)
        link, _ = letters.next()
        scan(link)
        mailed = context.new_page()
        mailed.goto(link)
        if scripts:
            inspect_shown(mailed)
        mailed.get_by_role("button", name="Sign in on this device").click()
        reach_app(mailed, server)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_in_another_browser_asks_for_its_code_in_the_first(
    server, chromium, letters, scripts
):
    how = {"java_script_enabled": scripts, "bypass_csp": True}
    with (
        chromium.new_context(**how) as first,
        chromium.new_context(color_scheme="dark", **how) as second,
    ):
        page, phone = first.new_page(), second.new_page()
        ask(page, server)
        if scripts:
            inspect_shown(page)
        link, code = letters.next()
        phone.goto(link)
        heading = phone.get_by_role("heading", level=1)
        expect(heading).to_have_text("Use the code in your first browser")
        if scripts:
            inspect_shown(phone)
        wrong = "000000" if code != "000000" else "111111"
        for typed in (wrong, code):
            page.locator("[name=code]").fill(typed)
            page.get_by_role("button", name="Sign in").click()
            if typed == wrong:
                expect(page.locator("#errors")).to_be_visible()
            if typed == wrong and scripts:
                expect(page.locator("#errors")).to_be_focused()
        reach_app(page, server)
