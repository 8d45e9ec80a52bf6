"""From a row to the mail that is read: languages, names, rows that cannot be read."""

import pytest
from flask import Flask
from sqlalchemy import select

from idp.core.db import db
from idp.mail.models import OutboxMessage
from idp.mail.rendering import Unrenderable, render, shown_name


@pytest.mark.parametrize(
    ("locales", "subject"),
    [
        (("de", "ar"), "Bestätigen Sie Ihre E-Mail-Adresse für idp"),
        (("de-CH",), "Bestätigen Sie Ihre E-Mail-Adresse für idp"),
        (("tlh-Latn", "de"), "Bestätigen Sie Ihre E-Mail-Adresse für idp"),
        ((None, "de"), "Bestätigen Sie Ihre E-Mail-Adresse für idp"),
        (("en", "de"), "Confirm your email for idp"),
        (("tlh-Latn",), "Confirm your email for idp"),
        ((), "Confirm your email for idp"),
    ],
)
def test_a_mail_is_in_the_first_language_that_we_have(write, locales, subject):
    assert write("verify_email", locales=locales).subject == subject


def test_a_mail_says_its_language_and_direction(write):
    assert '<html lang="en" dir="ltr">' in write("verify_email", locales=("tlh",)).html
    assert '<html lang="ar" dir="rtl">' in write("verify_email", locales=("ar",)).html


def test_a_name_is_escaped_in_html_and_plain_in_text(write):
    message = write("verify_email", display_name="<i>Ada")
    assert "Hello &lt;i&gt;Ada," in message.html
    assert "Hello <i>Ada," in message.text


def test_without_a_name_the_greeting_is_bare(write):
    assert write("verify_email", display_name=None).text.startswith("Hello,\n")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Dr. Ada K. Lovelace Jr.", "Dr. Ada K. Lovelace Jr."),
        ("  Ada \t Lovelace ", "Ada Lovelace"),
        ("Ada\r\nBcc; everyone", "Ada Bcc; everyone"),
        ("Ada\u202egnal\u200b", "Ada gnal"),
        ("x" * 41, "x" * 39 + "…"),
    ],
)
def test_a_name_is_tidied_and_cut(name, shown):
    assert shown_name(name) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Win now at spam.example",
        "spam.example",
        "https://spam",
        "you@spam",
        "ｓｐａｍ．ｅｘａｍｐｌｅ",
        "spam。example",
        "Bcc: everyone",
        "www spam",
        "a\\b",
    ],
)
def test_a_name_that_reads_as_an_address_is_left_out(name):
    assert shown_name(name) is None


def test_a_name_cannot_forge_lines_of_the_text(write):
    message = write("verify_email", display_name="A\n\nhttps://evil.example\n\n")
    assert "evil" not in message.text + message.html


def test_what_the_release_before_has_rendered_is_taken_as_it_is(app: Flask):
    with app.app_context():
        row = OutboxMessage(
            kind="greeting", recipient="a@b.c", subject="S", text="T", html="<p>T"
        )
        message = render(row)
    assert (message.subject, message.text, message.html) == ("S", "T", "<p>T")


def test_values_open_in_their_own_row_alone(app: Flask, post):
    post.put("ada@example.com")
    post.put("bob@example.com")
    with app.app_context():
        ada, bob = db.session.scalars(
            select(OutboxMessage).order_by(OutboxMessage.recipient)
        )
        ada.values_sealed = bob.values_sealed
        with pytest.raises(Unrenderable):
            render(ada)


def test_what_a_row_holds_tells_nothing_without_the_key(post):
    post.put(display_name="Ada Lovelace", code="271828")
    held = post.row().values_sealed
    assert not any(secret in held for secret in (b"token", b"271828", b"Lovelace"))
