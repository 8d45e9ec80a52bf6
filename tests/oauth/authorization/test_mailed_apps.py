"""A mail that leads on to an app says so, in the app's colour and with its logo."""

import pytest
from sqlalchemy import select, update

from idp.core.clock import utcnow
from idp.core.db import db
from idp.mail.models import OutboxMessage
from idp.mail.rendering import render
from idp.oauth.clients.cache import ClientCache
from idp.oauth.models import Client
from tests.rp import RelyingParty

ADA, BOB = "ada@example.com", "bob@example.com"
ONWARD = "To go on to Notes"
YELLOW = "background:#ffff00;color:#000000"
PASSWORD = "correct horse battery"


@pytest.fixture
def notes(make):
    return make.clients.spa(client_name="Notes", first_party=True)


@pytest.fixture
def change(app, notes):
    """Changes the row of the client, which this process has known before."""

    def changed(**values):
        with app.app_context():
            of_notes = update(Client).where(Client.client_id == notes.client_id)
            db.session.execute(of_notes.values(**values))
            db.session.commit()
            app.extensions["idp"][ClientCache].forget()

    return changed


@pytest.fixture
def newest(app, make):
    """Renders the newest mail to an address."""

    def rendered(address=ADA):
        make.records.mails_to(address)
        to = OutboxMessage.recipient == address
        with app.app_context():
            newest_first = (
                select(OutboxMessage)
                .where(to)
                .order_by(OutboxMessage.created_at.desc())
            )
            return render(db.session.scalars(newest_first).first())

    return rendered


def link_to(browser, path):
    return next(url for url in browser.page.links if url.startswith(path))


def test_mails_on_the_way_to_an_app_name_it_and_others_do_not(
    browser, make, notes, newest, clock
):
    make.users.account(ADA)
    browser.follow(RelyingParty(browser.http, notes).ask())
    sign_in = browser.response.request.url
    for path, form in (("/login/link", "/login/link"), ("/forgot-password", None)):
        clock.tick(seconds=1)
        browser.open(sign_in)
        browser.open(link_to(browser, path))
        browser.submit(form or path, email=ADA)
        mail = newest()
        assert f"\n\n{ONWARD}\n\n" in mail.text
        assert ONWARD in mail.html
        assert "Notes" not in mail.subject
    browser.open(sign_in)
    browser.open(link_to(browser, "/register"))
    browser.submit("/register", email=BOB, password=PASSWORD)
    assert ONWARD in newest(BOB).text
    clock.tick(seconds=1)
    browser.open("/forgot-password")
    browser.submit("/forgot-password", email=ADA)
    assert "To go on" not in newest().text


def test_a_mail_wears_what_the_app_has_when_it_is_read(
    browser, make, notes, change, newest
):
    change(branding={"colour": "#ffff00", "logo": "0123456789abcdef.webp"})
    make.users.account(ADA)
    browser.follow(RelyingParty(browser.http, notes).ask())
    browser.open(link_to(browser, "/forgot-password"))
    browser.submit("/forgot-password", email=ADA)
    logo = f"https://idp.example/brand/{notes.client_id}.0123456789abcdef.webp"
    assert f'src="{logo}"' in newest().html
    assert YELLOW in newest().html
    change(branding={"colour": "#ffff00", "logo": "0123456789abcdef.svg"})
    assert "<img" not in newest().html
    change(client_name="<b>Notiz אבג")
    assert "To go on to \u2068&lt;b&gt;Notiz אבג\u2069" in newest().html
    for gone in (
        {"client_name": "bank.example"},
        {"client_name": "Notes", "disabled_at": utcnow()},
        {"disabled_at": None, "deleted_at": utcnow()},
    ):
        change(**gone)
        assert "To go on" not in newest().text
        assert YELLOW not in newest().html
