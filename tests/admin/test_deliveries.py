"""/admin/deliveries, the deliveries of one app, and /admin/mail, without scripts."""

from datetime import timedelta

import pytest

from idp.core.db import db
from idp.mail.models import OutboxMessage
from idp.oauth.models import LogoutDelivery
from tests.admin.pages.pages_of_clients import AdminBrowser, words_of
from tests.hosted_pages import ORIGIN
from tests.oauth.signing_out import LOOPBACK_OPEN, deliver, receiver


@pytest.fixture
def environ():
    return LOOPBACK_OPEN


@pytest.fixture
def hearing():
    with receiver() as made:
        yield made


@pytest.fixture
def client(make, hearing):
    return make.clients.client(backchannel_logout_uri=hearing.uri)


@pytest.fixture
def owner(http, make):
    make.browsers.sign_in(http, roles=["owner"])
    return AdminBrowser(http)


@pytest.fixture
def notices(app, clock, client, make):
    """Three notices to one app: come, given up, waiting; returns their ids."""
    user_id, session_id = make.users.signed_in_person(email="grace@example.com")
    now = clock.now
    with app.app_context():
        rows = [
            LogoutDelivery(
                sid=session_id,
                client_id=client.client_id,
                user_id=user_id,
                expires_at=now + timedelta(days=7),
                **became,
            )
            for became in (
                {"delivered_at": now, "tries": 2},
                {"failed_at": now, "tries": 30, "last_error": "http_500"},
                {"tries": 1, "last_error": "timeout"},
            )
        ]
        db.session.add_all(rows)
        db.session.commit()
        return [row.id for row in rows]


def path_of(client) -> str:
    return f"/admin/clients/{client.client_id}/deliveries"


def test_a_page_says_what_became_of_each_notice_in_words(owner, client, notices):
    for path in ("/admin/deliveries", path_of(client)):
        page = words_of(owner.open(path))
        assert "Delivered It accepted. 2 tries" in page
        assert "Given up It failed itself (500). 30 tries" in page
        assert "Waiting It took too long to answer. next at" in page


def test_the_filters_are_in_the_address(owner, client, notices):
    only = words_of(owner.open("/admin/deliveries", state="failed"))
    assert "It failed itself" in only
    assert "It took too long" not in only
    none = words_of(owner.open("/admin/deliveries", client_id="nobody"))
    assert "No delivery is like that." in none
    assert "It failed itself" in words_of(owner.open(path_of(client), state="failed"))


def test_a_notice_that_was_given_up_is_sent_again(owner, app, client, hearing, notices):
    path = f"{path_of(client)}/replay"
    answer = owner.send(path, {"id": notices[1]}, on=path_of(client))
    assert answer.status_code == 303
    assert "sent again" in words_of(owner.open(answer.location))
    deliver(app)
    assert len(hearing.tokens) >= 1
    everywhere = owner.send(
        "/admin/deliveries/replay", {"id": notices[0]}, on="/admin/deliveries"
    )
    assert everywhere.status_code == 303


def test_a_notice_of_another_app_is_not_sent_from_here(owner, make, notices):
    other = make.clients.client(backchannel_logout_uri="https://other.example/out")
    path = f"{path_of(other)}/replay"
    assert owner.send(path, {"id": notices[0]}, on=path_of(other)).status_code == 404


def test_a_test_says_what_the_app_answered(owner, client, hearing):
    path = f"{path_of(client)}/test"
    done = owner.send(path, {}, on=path_of(client))
    assert "Test sent. It accepted." in words_of(owner.open(done.location))
    hearing.status = "401 Unauthorized"
    done = owner.send(path, {}, on=path_of(client))
    page = words_of(owner.open(done.location))
    assert "It refused (401)." in page
    assert "answers 200 or 204" in page


def test_an_address_puts_no_words_into_the_page(owner, client):
    page = words_of(owner.open(path_of(client), tested="You have won"))
    assert "You have won" not in page
    assert "Test sent" not in page


def test_empty_pages_say_what_to_do(owner, make, client):
    assert "No notices in the last week." in words_of(owner.open("/admin/deliveries"))
    deaf = make.clients.client()
    page = words_of(owner.open(path_of(deaf)))
    assert "no back-channel logout address" in page
    assert "To its settings" in page
    assert "Send test" in words_of(owner.open(path_of(client)))


def test_who_may_only_look_has_no_buttons(http, make, client, notices):
    make.browsers.sign_in(http, roles=["support"])
    looker = AdminBrowser(http)
    page = looker.open(path_of(client))
    assert "Send test" not in page.text
    assert "Send again" not in page.text
    refused = http.post(
        f"{path_of(client)}/test",
        data={"csrf_token": _token(http)},
        headers={"Origin": ORIGIN},
    )
    assert refused.status_code == 403


def test_mails_that_wait_are_sent_or_dropped(owner, app, clock):
    with app.app_context():
        db.session.query(OutboxMessage).delete()
        for error in ("451 <ada@example.com> later", None):
            db.session.add(
                OutboxMessage(
                    kind="password_reset",
                    recipient="ada@example.com",
                    locale="en",
                    tries=1,
                    last_error=error,
                    next_try_at=clock.now + timedelta(hours=1),
                )
            )
        db.session.commit()
        first, second = db.session.scalars(
            db.select(OutboxMessage.id).order_by(OutboxMessage.id)
        )
    page = words_of(owner.open("/admin/mail"))
    assert "Reset your idp password to a***@example.com" in page
    assert "451 <a***@example.com> later" in page
    assert "ada@example.com" not in page
    done = owner.send("/admin/mail", {"drop": first})
    assert "dropped" in words_of(owner.open(done.location))
    done = owner.send("/admin/mail?state=waiting", {"resend": second})
    assert done.location.startswith("/admin/mail?state=waiting")
    late = owner.send("/admin/mail", {"drop": first})
    assert "does not wait any more" in words_of(owner.open(late.location))
    assert "No mail is like that." in words_of(
        owner.open("/admin/mail", recipient="nobody@example.com")
    )


def _token(http) -> str:
    page = http.get("/account/password").text
    return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
