"""Mail is part of the write that causes it."""

from flask import Flask

from idp.core.db import db
from idp.mail import outbox
from tests.mail.values import values_of


def test_a_mail_disappears_with_the_transaction_that_caused_it(app: Flask, post):
    with app.app_context():
        outbox.send("verify_email", to="ada@example.com", **values_of("verify_email"))
        db.session.rollback()
    assert post.rows() == []


def test_a_mail_waits_for_the_worker_from_the_commit_on(post):
    post.put("ada@example.com")
    row = post.row()
    assert (row.recipient, row.kind, row.tries) == (
        "ada@example.com",
        "verify_email",
        0,
    )
    assert row.sent_at is None


def test_nothing_is_rendered_before_the_worker_does(post):
    post.put()
    row = post.row()
    assert (row.subject, row.text, row.html) == ("", "", "")


def test_link_and_code_are_found_in_the_text_that_is_read(post):
    post.put(link="https://idp.example/x?token=a", code="012345")
    found = outbox.find_action(post.rendered().text)
    assert found == ("https://idp.example/x?token=a", "012345")


def test_a_text_without_link_and_code_has_no_action():
    assert outbox.find_action("Your password was changed.") == (None, None)
