"""/api/admin/deliveries: what clients were told of sign-outs, and a test of one."""

from datetime import timedelta

import pytest

from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import db
from idp.oauth.clients.cache import ClientCache
from idp.oauth.logout.listing import DeliveryState, newest_deliveries
from idp.oauth.models import Client, LogoutDelivery
from idp.security.models import AuditEvent
from tests.api.callers import fields, problem
from tests.oauth.signing_out import LOOPBACK_OPEN, checked, deliver, receiver

PATH = "/api/admin/deliveries"


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
def admin(program, make):
    """A program of an admin who signed in just now."""
    program.sign_in(make.users.account("root@example.com", roles=["admin"]))
    return program


@pytest.fixture
def stored(app, make, client):
    """Return a function that adds notices, as the log has them; returns their ids."""
    user_id, session_id = make.users.signed_in_person(email="grace@example.com")

    def store(**values) -> str:
        with app.app_context():
            known = {"client_id": client.client_id, "user_id": user_id}
            ends = {"expires_at": utcnow() + timedelta(days=7)}
            row = LogoutDelivery(sid=session_id, **(known | ends | values))
            db.session.add(row)
            db.session.commit()
            return row.id

    return store


def path_of_test(client) -> str:
    return f"/api/admin/clients/{client.client_id}/deliveries/test"


def events(app, name) -> list[AuditEvent]:
    with app.app_context():
        named = db.select(AuditEvent).where(AuditEvent.event == name)
        return list(db.session.scalars(named))


def test_notices_are_listed_by_client_and_state(admin, app, clock, make, stored):
    other = make.clients.client()
    gone = stored(failed_at=clock.now, tries=9, last_error="http_500")
    come = stored(delivered_at=clock.now, tries=1)
    late = stored(tries=2, last_error="timeout")
    elsewhere = stored(client_id=other.client_id)

    def ids(**query) -> set[str]:
        answer = admin.get(PATH, query_string=query)
        assert answer.status_code == 200, answer.text
        return {item["id"] for item in answer.json["items"]}

    assert ids() == {elsewhere, late, come, gone}
    assert ids(client_id=other.client_id) == {elsewhere}
    assert ids(state="waiting") == {elsewhere, late}
    assert ids(state="delivered") == {come}
    (failed,) = admin.get(PATH, query_string={"state": "failed"}).json["items"]
    assert failed["id"] == gone
    assert (failed["error"], failed["tries"]) == ("http_500", 9)
    assert failed["next_try_at"] is None


def test_pages_repeat_and_miss_none_and_know_their_list(admin, stored):
    made = [stored() for _ in range(3)]
    first = admin.get(PATH, query_string={"limit": 2}).json
    cursor = first["next_cursor"]
    rest = admin.get(PATH, query_string={"limit": 2, "cursor": cursor}).json
    listed = [item["id"] for item in first["items"] + rest["items"]]
    assert listed == sorted(made, reverse=True)
    assert rest["next_cursor"] is None
    foreign = admin.get(PATH, query_string={"state": "failed", "cursor": cursor})
    assert fields(foreign) == {"cursor": "invalid_cursor"}


def test_a_test_posts_a_genuine_token_about_nobody(admin, app, client, hearing, make):
    answer = admin.post(path_of_test(client))
    assert answer.status_code == 200, answer.text
    assert answer.json == {
        "accepted": True,
        "error": None,
        "message": "It accepted.",
        "backchannel_logout_uri": hearing.uri,
    }
    claims = checked(app.test_client(), hearing.tokens[0], client.client_id)
    assert claims["sub"]
    assert claims["sid"]
    (row,) = events(app, "delivery.tested")
    assert row.client_id == client.client_id
    assert row.detail["after"] == {"accepted": True, "error": None}
    assert admin.get(PATH).json["items"] == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("400 Bad Request", "refused"),
        ("302 Found", "redirected"),
        ("500 Oh", "failed itself"),
        ("202 Accepted", "neither yes nor no"),
    ],
)
def test_an_answer_is_told_in_our_words(admin, client, hearing, status, words):
    hearing.status, error = status, f"http_{status[:3]}"
    told = admin.post(path_of_test(client)).json
    assert (told["accepted"], told["error"]) == (False, error)
    assert words in told["message"]


def test_a_private_network_is_not_called_and_that_is_recorded(admin, app, client):
    inside = "https://10.0.0.8/logout"  # its host led elsewhere when it was registered
    with app.app_context():
        row = db.session.get_one(Client, client.client_id)
        row.registered = row.registered | {"backchannel_logout_uri": inside}
        db.session.commit()
        current(ClientCache).forget()
    told = admin.post(path_of_test(client)).json
    assert told["error"] == "blocked_address"
    assert "private network" in told["message"]
    assert events(app, "ssrf.blocked")


def test_what_cannot_be_tested_is_said(admin, make):
    deaf = make.clients.client()
    assert problem(admin.post(path_of_test(deaf))) == (409, "no_backchannel_logout_uri")
    unknown = "/api/admin/clients/nobody/deliveries/test"
    assert problem(admin.post(unknown)) == (404, "unknown_client")


def test_a_notice_is_sent_again_whatever_became_of_it(
    admin, app, clock, hearing, stored
):
    for became in (
        {"failed_at": clock.now, "last_error": "http_500", "tries": 9},
        {"delivered_at": clock.now, "tries": 1},
        {"next_try_at": clock.now + timedelta(hours=1), "tries": 3},
    ):
        made = stored(**became)
        before = len(hearing.tokens)
        answer = admin.post(f"{PATH}/{made}/replay")
        assert answer.status_code == 204, answer.text
        assert deliver(app) == 1
        assert len(hearing.tokens) == before + 1
        (again,) = [
            item for item in admin.get(PATH).json["items"] if item["id"] == made
        ]
        assert again["state"] == "delivered"
        assert again["error"] is None
    told = [row.detail["before"] for row in events(app, "delivery.replayed")]
    assert {"state": "failed", "tries": 9, "error": "http_500"} in told


def test_an_old_notice_is_tried_once_more_and_no_longer(
    admin, app, clock, hearing, stored
):
    hearing.status = "503 Away"
    made = stored(failed_at=clock.now, created_at=clock.now - timedelta(days=3))
    admin.post(f"{PATH}/{made}/replay")
    deliver(app)
    assert admin.get(PATH).json["items"][0]["state"] == "failed"
    clock.tick(hours=2)
    assert deliver(app) == 0
    assert len(hearing.tokens) == 1


def test_what_a_worker_is_sending_right_now_is_left_to_it(admin, app, clock, stored):
    made = stored(claimed_until=clock.now + timedelta(minutes=1), tries=1)
    assert admin.post(f"{PATH}/{made}/replay").status_code == 204
    assert events(app, "delivery.replayed") == []
    unknown = admin.post(f"{PATH}/{'0' * 32}/replay")
    assert problem(unknown) == (404, "no_such_delivery")


@pytest.mark.parametrize(
    ("client_id", "state", "index"),
    [
        (None, None, "pk_logout_deliveries"),
        ("shop", None, "client_id_id"),
        (None, DeliveryState.FAILED, "logout_deliveries_failed"),
    ],
)
def test_every_list_is_looked_up_in_its_index(app, client_id, state, index):
    found = newest_deliveries(client_id, state).limit(51)
    with app.app_context():
        held = connection()
        postgres = held.dialect.name == "postgresql"
        if postgres:
            for way in ("seqscan", "sort", "bitmapscan", "hashjoin", "mergejoin"):
                held.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        written = found.compile(
            dialect=held.dialect, compile_kwargs={"literal_binds": True}
        )
        explain = "EXPLAIN" if postgres else "EXPLAIN QUERY PLAN"
        plan = str(held.exec_driver_sql(f"{explain} {written}").all())
    assert (index if postgres else index.replace("pk_", "autoindex_")) in plan
    assert "TEMP B-TREE" not in plan
