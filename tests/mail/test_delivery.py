"""How mails leave the outbox, or stay in it for another try."""

import json
import logging
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from idp.core.db import db
from idp.mail.jobs import purge_outbox
from idp.mail.models import OutboxMessage
from tests.mail.values import LINK


@pytest.fixture
def mail_file(tmp_path: Path) -> Path:
    """Where conftest's IDP_MAIL_URL writes."""
    return tmp_path / "mail.jsonl"


def sent(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_file_transport_writes_one_json_object_a_line(post, mail_file):
    post.put("ada@example.com")
    post.put("bob@example.com", display_name="Zoë")
    assert post.deliver() == 2
    ada, bob = sent(mail_file)
    assert list(ada) == ["to", "subject", "text", "html"]
    assert (ada["to"], bob["to"]) == ("ada@example.com", "bob@example.com")
    assert ada["subject"] == "Confirm your email for idp"
    assert LINK in ada["text"].splitlines()
    assert "Hello Zoë," in bob["html"]


def test_what_was_written_is_for_the_owner_of_the_file_alone(post, mail_file):
    post.put()
    post.deliver()
    assert mail_file.stat().st_mode & 0o777 == 0o600


def test_a_sent_mail_keeps_its_subject_and_no_live_link(post, clock):
    post.put()
    post.deliver()
    row = post.row()
    assert (row.text, row.html, row.values_sealed) == ("", "", None)
    assert (row.subject, row.sent_at) == ("Confirm your email for idp", clock.now)


def test_a_sent_mail_is_never_sent_again(post, clock, mail_file):
    post.put()
    assert [post.deliver(), post.deliver()] == [1, 0]
    clock.tick(days=1)
    assert post.deliver() == 0
    assert len(sent(mail_file)) == 1


def test_nothing_due_costs_one_select(app: Flask, post):
    seen = []
    with app.app_context():
        event.listen(
            db.engine,
            "before_cursor_execute",
            lambda _c, _cur, statement, *_: seen.append(statement),
        )
    assert post.deliver() == 0
    assert len(seen) == 1
    assert seen[0].startswith("SELECT")


def test_a_round_takes_no_more_than_its_limit(post, mail_file):
    for number in range(3):
        post.put(f"{number}@example.com")
    assert [post.deliver(2), post.deliver(2)] == [2, 1]
    assert [item["to"] for item in sent(mail_file)] == [
        f"{number}@example.com" for number in range(3)
    ]


def test_two_workers_send_each_mail_once(app: Flask, post, mail_file):
    for number in range(20):
        post.put(f"{number}@example.com")
    start = Barrier(2)

    def work() -> None:
        start.wait()
        while post.deliver(5):
            pass

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len({item["to"] for item in sent(mail_file)}) == 20
    assert len(sent(mail_file)) == 20


def test_a_claimed_mail_is_left_alone_until_the_claim_runs_out(
    app: Flask, post, clock, mail_file
):
    post.put()
    with app.app_context():
        # A worker that died after its claim, before or after sending.
        row = db.session.scalars(select(OutboxMessage)).one()
        row.claimed_until = clock.now + timedelta(minutes=5)
        db.session.commit()
    assert post.deliver() == 0
    clock.tick(minutes=5)
    assert post.deliver() == 1
    assert len(sent(mail_file)) == 1


def change(app: Flask, **values) -> None:
    with app.app_context():
        db.session.execute(update(OutboxMessage).values(**values))
        db.session.commit()


def test_what_the_release_before_has_rendered_is_sent_as_it_is(app, post, mail_file):
    post.put("ada@example.com")
    change(app, subject="S", text="T", html="<p>T", locale=None, values_sealed=None)
    assert post.deliver() == 1
    assert sent(mail_file) == [
        {"to": "ada@example.com", "subject": "S", "text": "T", "html": "<p>T"}
    ]
    assert (post.row().text, post.row().html) == ("", "")


@pytest.mark.parametrize(
    "broken", [{"values_sealed": b"under another key"}, {"kind": "from_the_future"}]
)
class TestThatCannotBeRendered:
    def test_a_mail_waits_and_the_log_says_why(self, app, post, clock, broken, caplog):
        post.put()
        change(app, **broken)
        post.deliver()
        row = post.row()
        assert row.next_try_at == clock.now + timedelta(seconds=15)
        assert row.last_error
        (record,) = [item for item in caplog.records if item.name == "idp.mail"]
        assert (record.message, record.reason) == ("mail.delayed", row.last_error)

    def test_a_mail_delays_no_other(self, app, post, broken, mail_file):
        post.put("ada@example.com")
        change(app, **broken)
        post.put("bob@example.com")
        post.deliver()
        assert [item["to"] for item in sent(mail_file)] == ["bob@example.com"]

    def test_a_mail_has_failed_after_a_day(self, app, post, clock, broken, caplog):
        post.put()
        change(app, **broken)
        while post.row().failed_at is None:
            post.deliver()
            clock.now = max(clock.now, post.row().next_try_at)
        assert post.row().values_sealed is None
        assert caplog.records[-1].message == "mail.failed"


class TestWithoutATransport:
    """A file in a folder that does not exist stands for any server that is away."""

    @pytest.fixture
    def environ(self, tmp_path: Path) -> dict[str, str]:
        return {"IDP_MAIL_URL": f"file://{tmp_path}/later/mail.jsonl"}

    def test_tries_come_at_growing_distances(self, post, clock):
        post.put()
        waits = []
        for number in range(10):
            post.deliver()
            waits.append((post.row().next_try_at - clock.now).total_seconds())
            post.deliver()
            assert post.row().tries == number + 1
            clock.now = post.row().next_try_at
        assert waits == [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]

    def test_a_mail_that_is_put_off_ends_the_round(self, post, clock):
        for number in range(3):
            post.put(f"{number}@example.com")
        assert post.deliver() == 0
        assert [row.tries for row in post.rows()] == [1, 0, 0]
        assert post.deliver() == 0
        assert [row.tries for row in post.rows()] == [1, 1, 0]

    def test_the_reason_is_kept_and_logged_without_the_address(self, post, caplog):
        post.put("ada.lovelace@example.com")
        post.deliver()
        assert "No such file" in post.row().last_error
        (record,) = [item for item in caplog.records if item.name == "idp.mail"]
        assert (record.levelno, record.to) == (logging.WARNING, "a***@example.com")

    def test_a_mail_leaves_once_the_transport_is_back(self, post, clock, tmp_path):
        post.put()
        post.deliver()
        (tmp_path / "later").mkdir()
        clock.tick(seconds=15)
        assert post.deliver() == 1
        assert post.row().sent_at == clock.now
        assert len(sent(tmp_path / "later" / "mail.jsonl")) == 1

    def test_after_a_day_the_mail_has_failed_for_good(self, post, clock):
        post.put()
        posted = clock.now
        while post.row().failed_at is None:
            post.deliver()
            clock.now = max(clock.now, post.row().next_try_at)
        assert timedelta(hours=22) < clock.now - posted <= timedelta(hours=24)
        row = post.row()
        assert (row.text, row.html, row.values_sealed) == ("", "", None)
        assert row.sent_at is None
        clock.tick(days=2)
        assert post.deliver() == 0


class TestInDevelopment:
    @pytest.fixture
    def environ(self) -> dict[str, str]:
        return {
            "IDP_ENVIRONMENT": "development",
            "IDP_ISSUER": "http://localhost:8000",
            "IDP_MAIL_URL": "outbox:",
        }

    def test_the_outbox_keeps_what_it_delivers(self, post):
        post.put()
        assert post.deliver() == 1
        assert post.row().sent_at is not None
        message = post.rendered()
        assert LINK in message.text
        assert LINK in message.html


class TestOnTheConsole:
    @pytest.fixture
    def environ(self) -> dict[str, str]:
        return {"IDP_ENVIRONMENT": "development", "IDP_MAIL_URL": "console:"}

    def test_the_console_shows_recipient_subject_and_text(self, post, capsys):
        post.put("ada@example.com")
        post.deliver()
        shown = capsys.readouterr().out
        assert "To: ada@example.com\nSubject: Confirm your email" in shown
        assert LINK in shown.splitlines()
        assert post.row().values_sealed is None


class TestPurge:
    def purge(self, app: Flask, limit: int = 500) -> int:
        with app.app_context():
            return purge_outbox(limit)

    def test_sent_mails_go_after_a_week(self, app, post, clock):
        post.put()
        post.deliver()
        clock.tick(days=7)
        assert self.purge(app) == 0
        clock.tick(seconds=1)
        assert self.purge(app) == 1
        assert post.rows() == []

    def test_mails_that_still_wait_stay(self, app, post, clock):
        post.put()
        clock.tick(days=30)
        assert self.purge(app) == 0

    def test_one_purge_is_bounded(self, app, post, clock):
        for number in range(3):
            post.put(f"{number}@example.com")
        post.deliver()
        clock.tick(days=8)
        assert [self.purge(app, 2), self.purge(app, 2)] == [2, 1]
