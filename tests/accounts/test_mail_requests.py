"""Mails that anybody may ask for are written after the answer."""

from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from idp.accounts.mail_answers import answer_due
from idp.core.db import db

ADA = "ada@example.com"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def rows(app, table):
    with app.app_context():
        return db.session.execute(text(f"SELECT * FROM {table}")).all()


def answer(app):
    with app.app_context():
        return answer_due()


def ask(browser, address=ADA):
    browser.open("/forgot-password")
    browser.submit(email=address)


@pytest.mark.parametrize("address", [ADA, "nobody@example.com"])
def test_a_request_leaves_one_row_whatever_the_address(app, browser, make, address):
    make.users.account(ADA)
    ask(browser, address)
    assert [row.address for row in rows(app, "mail_requests")] == [address]
    assert rows(app, "one_time_tokens") == rows(app, "outbox_messages") == []


def test_the_worker_answers_once_and_forgets(app, browser, make):
    make.users.account(ADA)
    ask(browser)
    ask(browser, "nobody@example.com")
    assert [answer(app), answer(app)] == [2, 0]
    assert rows(app, "mail_requests") == []
    assert [row.recipient for row in rows(app, "outbox_messages")] == [ADA]


@contextmanager
def without_an_outbox(app):
    def rename(old, new):
        with app.app_context():
            db.session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
            db.session.commit()

    rename("outbox_messages", "away")
    yield
    rename("away", "outbox_messages")


def test_what_cannot_be_answered_now_is_answered_later(app, browser, make):
    make.users.account(ADA)
    ask(browser)
    with without_an_outbox(app), pytest.raises(DBAPIError):
        answer(app)
    assert len(rows(app, "mail_requests")) == 1
    assert len(make.records.mails_to(ADA)) == 1


def test_the_mail_names_the_browser_that_asked(browser, make):
    make.users.account(ADA)
    browser.http.environ_base = {
        **browser.http.environ_base,
        "HTTP_USER_AGENT": FIREFOX,
    }
    ask(browser)
    assert "with Firefox on Linux (127.0.x.x)." in make.records.mail_to(ADA).text


def test_a_confirmed_address_is_not_asked_to_confirm_again(browser, make):
    make.users.account(ADA)
    browser.open("/email-verification?token=over")
    browser.submit("/email-verification/resend", email=ADA)
    assert make.records.mails_to(ADA) == []
