"""/api/admin/mail: what waits to be mailed, what failed, and why."""

from datetime import timedelta

import pytest

from idp.administration.mail_outbox import masked
from idp.core.context import current
from idp.core.db import db
from idp.core.sealing import Keyring
from idp.mail.delivery import deliver_due
from idp.mail.models import OutboxMessage
from idp.mail.values import MessageValues, seal_values
from idp.security.models import AuditEvent
from tests.api.callers import problem
from tests.mail.values import LINK

PATH = "/api/admin/mail"


@pytest.fixture
def owner(program, make):
    """A program of an owner who signed in just now."""
    program.sign_in(make.users.account("root@example.com", roles=["owner"]))
    return program


@pytest.fixture
def stored(app):
    """Return a function that adds mails, as the outbox has them; returns their ids."""

    def store(to="ada@example.com", **values) -> str:
        with app.app_context():
            known = {"kind": "password_set", "recipient": to, "locale": "en"}
            row = OutboxMessage(**(known | values))
            db.session.add(row)
            db.session.flush()
            row.values_sealed = seal_values(
                MessageValues(LINK, None, None, None, {}),
                mail_id=row.id,
                keyring=current(Keyring),
            )
            db.session.commit()
            return row.id

    return store


@pytest.fixture
def outbox(owner, make, app):
    """Return a function that lists mails; nothing but what a test stored is there."""
    with app.app_context():
        db.session.query(OutboxMessage).delete()
        db.session.commit()

    def listed(**query) -> list[dict]:
        answer = owner.get(PATH, query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.json["items"]

    return listed


def rows(app, event) -> list[AuditEvent]:
    with app.app_context():
        return list(
            db.session.scalars(db.select(AuditEvent).where(AuditEvent.event == event))
        )


def test_mails_are_listed_by_state_and_address_without_what_is_in_them(
    outbox, clock, stored
):
    failed = stored(failed_at=clock.now, tries=8, last_error="550 <ada@example.com>?")
    sent = stored("bob@example.com", sent_at=clock.now, tries=1)
    waiting = stored("Bob@example.com", tries=2, last_error="connection refused")
    assert {mail["id"] for mail in outbox()} == {waiting, sent, failed}
    assert [mail["id"] for mail in outbox(state="waiting")] == [waiting]
    assert [mail["id"] for mail in outbox(state="sent")] == [sent]
    of_bob = outbox(recipient="bob@example.com")
    assert {mail["id"] for mail in of_bob} == {waiting, sent}
    (gone,) = outbox(state="failed")
    assert gone["recipient"] == "a***@example.com"
    assert gone["error"] == "550 <a***@example.com>?"
    assert "ada@" not in str(outbox())
    assert LINK not in str(outbox())


def test_a_mail_that_waits_is_tried_at_once(owner, outbox, app, clock, stored):
    later = clock.now + timedelta(hours=1)
    mail = stored(next_try_at=later, tries=5, last_error="busy")
    assert owner.post(f"{PATH}/{mail}/resend").status_code == 204
    with app.app_context():
        assert deliver_due() == 1
    assert outbox()[0]["state"] == "sent"
    (row,) = rows(app, "mail.resent")
    assert row.detail["mail_id"] == mail
    assert row.detail["before"]["recipient"] == "a***@example.com"


def test_a_dropped_mail_reaches_nobody_and_holds_nothing(
    owner, outbox, app, tmp_path, stored
):
    mail = stored()
    assert owner.send("DELETE", f"{PATH}/{mail}").status_code == 204
    with app.app_context():
        assert deliver_due() == 0
        assert db.session.get_one(OutboxMessage, mail).values_sealed is None
    assert (outbox()[0]["state"], outbox()[0]["error"]) == ("failed", "dropped")
    (row,) = rows(app, "mail.dropped")
    assert row.detail["after"] == {"state": "failed", "error": "dropped"}


def test_what_has_left_or_is_leaving_is_not_touched(owner, app, clock, stored):
    for became in (
        {"sent_at": clock.now},
        {"failed_at": clock.now},
        {"claimed_until": clock.now + timedelta(minutes=5)},
    ):
        mail = stored(**became)
        resent = owner.post(f"{PATH}/{mail}/resend")
        dropped = owner.send("DELETE", f"{PATH}/{mail}")
        assert problem(resent) == problem(dropped) == (409, "mail_not_waiting")
    assert rows(app, "mail.dropped") == rows(app, "mail.resent") == []
    assert problem(owner.post(f"{PATH}/x/resend")) == (404, "no_such_mail")


def test_every_address_in_an_error_is_masked():
    said = "relay said: <ada.l@mail.example>, bob@example.com: no such user"
    assert masked(said) == (
        "relay said: <a***@mail.example>, b***@example.com: no such user"
    )
