"""``idp deliveries`` and ``idp mail``."""

import json

import pytest

from tests.oauth.signing_out import receiver


@pytest.fixture
def hearing():
    with receiver() as made:
        yield made


@pytest.fixture
def client_id(idp, hearing, monkeypatch):
    monkeypatch.setenv("IDP_ALLOW_LOOPBACK_FETCH", "true")
    metadata = {
        "redirect_uris": ["https://shop.example/cb"],
        "backchannel_logout_uri": hearing.uri,
    }
    made = idp(
        "clients", "create", "Shop", "--metadata", "-", given=json.dumps(metadata)
    )
    return json.loads(made.stdout)["client_id"]


def test_a_test_ends_with_how_the_app_answered(idp, client_id, hearing):
    assert "It accepted." in idp("deliveries", "test", client_id).output
    hearing.status = "400 Bad Request"
    refused = idp("deliveries", "test", client_id, "--json", status=1)
    assert json.loads(refused.output)["error"] == "http_400"
    tested = idp("audit", "search", "--event", "delivery.tested", "--json")
    assert [row["actor"] for row in json.loads(tested.output)] == ["operator"] * 2
    assert idp("deliveries", "test", "nobody", status=3).stderr


def test_lists_are_empty_at_first_and_mistakes_have_their_status(idp):
    assert json.loads(idp("deliveries", "list", "--json").output) == []
    assert json.loads(idp("mail", "outbox", "--state", "failed", "--json").output) == []
    idp("deliveries", "replay", "0" * 32, status=3)
    idp("mail", "drop", "0" * 32, status=3)


def test_a_mail_of_a_new_user_waits_and_is_dropped(idp):
    idp("users", "create", "ada@example.com")
    idp("users", "reset", "ada@example.com")
    mails = json.loads(idp("mail", "outbox", "--state", "waiting", "--json").output)
    assert {mail["recipient"] for mail in mails} == {"a***@example.com"}
    newest = mails[0]["id"]
    idp("mail", "resend", newest)
    idp("mail", "drop", newest)
    idp("mail", "drop", newest, status=4)
    (dropped,) = json.loads(idp("mail", "outbox", "--state", "failed", "--json").output)
    assert (dropped["id"], dropped["error"]) == (newest, "dropped")
