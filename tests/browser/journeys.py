"""Steps that several browser stories share, in the words of a person."""

import re
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from playwright.sync_api import Page, expect

from tests.browser.seed import PASSWORD
from tests.serving import Serving


def register(page: Page, *, email: str, username: str, name: str) -> None:
    """Fill the registration form that ``page`` shows."""
    page.locator("[name=name]").fill(name)
    page.locator("[name=email]").fill(email)
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()


def sign_in(page: Page, *, login: str = "ada", password: str = PASSWORD) -> None:
    """Fill the sign-in form that ``page`` shows."""
    page.locator("[name=username]").fill(login)
    page.wait_for_load_state()  # nothing moves any more under the pointer
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def mailed_link(page: Page, server: Serving, *, to: str, subject: str = "") -> str:
    """Return the link of the newest message to ``to``, read from the outbox page."""
    outbox = mail_to(page, server, to, subject=subject)
    link = outbox.get_by_role("link", name="Open the link").get_attribute("href")
    outbox.close()
    assert link.startswith(f"{server.url}/")
    return link


def mail_to(page: Page, server: Serving, to: str, *, subject: str = "") -> Page:
    """Open the newest message to ``to`` in a tab of its own."""
    outbox = page.context.new_page()
    row = outbox.locator("tr", has_text=to).filter(has_text=subject).first
    for _ in range(100):  # the worker delivers once a second
        outbox.goto(f"{server.url}/admin/outbox")
        if row.count():
            break
        outbox.wait_for_timeout(100)
    row.get_by_role("link").click()
    return outbox


def make_account(page: Page, server: Serving, name: str) -> None:
    """Register somebody of this test's own; they are signed in afterwards."""
    page.goto(f"{server.url}/register")
    register(page, email=f"{name}@example.com", username=name, name=name.title())
    page.goto(mailed_link(page, server, to=f"{name}@example.com"))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Email confirmed")


def scan(link: str) -> None:
    """Fetch a mailed link as scanners do: five times, by GET and by HEAD."""
    for method in ("GET", "HEAD", "GET", "HEAD", "GET"):
        with urlopen(Request(link, method=method)) as answer:
            assert answer.status == 200


def expect_app(page: Page, server: Serving, path: str) -> None:
    """Wait until the browser is back at the demo app."""
    expect(page).to_have_url(re.compile(rf"{server.demo_url}{path}"))
    assert urlsplit(page.url).netloc == urlsplit(server.demo_url).netloc
