"""Who is calling the token endpoint."""

from base64 import b64encode
from datetime import timedelta
from urllib.parse import quote_plus

import pytest

from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.randomness import digest
from idp.oauth.clients.declared import apply_client
from idp.oauth.models import Client, ClientSecret
from idp.oauth.token_endpoint.client_authentication import TWO_METHODS
from idp.security.models import AuditEvent
from tests.make_clients import CALLBACK, MadeClient
from tests.oauth.assertions import new_key, signing_client
from tests.oauth.calls import anonymous, basic, client_credentials, redeem

FORM = {"grant_type": "client_credentials"}


def ask(http, headers=None, **form):
    return http.post("/oauth2/token", data=FORM | form, headers=headers or {})


def test_a_wrong_secret_and_an_unknown_client_look_the_same(http, make):
    machine = make.clients.machine_client()
    wrong = ask(http, basic(f"{machine.client_id}:{'x' * 43}"))
    unknown = ask(http, basic(f"nobody:{'x' * 43}"))
    for refused in (wrong, unknown):
        assert (refused.status_code, refused.json["error"]) == (401, "invalid_client")
        assert refused.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert anonymous(wrong) == anonymous(unknown)


def test_a_secret_is_taken_as_it_is_and_form_encoded(app, http):
    """Many libraries leave out the encoding of RFC 6749 §2.3.1."""
    secret = "5+5%3D/10=="
    with app.app_context():
        apply_client(
            {
                "client_id": "job",
                "client_secret": secret,
                "grant_types": ["client_credentials"],
            }
        )
        db.session.commit()
    for written in (secret, quote_plus(secret)):
        assert ask(http, basic(f"job:{written}")).status_code == 200
    for wrong in ("5 5=/10==", quote_plus(quote_plus(secret)), ""):
        assert ask(http, basic(f"job:{wrong}")).status_code == 401


def test_a_missing_authentication_is_401(http):
    assert ask(http).status_code == 401


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_secret_may_be_sent_in_the_header_or_in_the_body(http, make, method):
    """social-core and Go's x/oauth2 choose one of the two for all servers."""
    machine = make.clients.machine_client(token_endpoint_auth_method=method)
    posted = {"client_id": machine.client_id, "client_secret": machine.client_secret}
    assert ask(http, machine.basic).status_code == 200
    assert ask(http, **posted).status_code == 200
    both = ask(http, machine.basic, client_secret=machine.client_secret).json
    assert both["error"] == "invalid_request"
    assert both["error_description"] == TWO_METHODS
    wrong = posted | {"client_secret": "x" * 43}
    assert ask(http, **wrong).json["error"] == "invalid_client"


@pytest.mark.parametrize("method", ["private_key_jwt", "none"])
def test_a_secret_left_over_proves_nothing_for_another_method(app, http, make, method):
    if method == "private_key_jwt":
        client = signing_client(make, new_key())
    else:
        client = make.clients.client(token_endpoint_auth_method=method)
    with app.app_context():
        db.session.add(
            ClientSecret(client_id=client.client_id, digest=digest("left-over"))
        )
        db.session.commit()
    posted = {"client_id": client.client_id, "client_secret": "left-over"}
    assert ask(http, basic(f"{client.client_id}:left-over")).status_code == 401
    assert ask(http, **posted).status_code == 401


def test_a_confidential_client_cannot_pass_as_public(http, make):
    made = make.tokens.code(make.clients.web_client())
    assert redeem(http, made).status_code == 401


def test_unclear_credentials_are_a_failure_on_record(http, make):
    machine = make.clients.machine_client()
    refused = ask(http, machine.basic, client_secret=machine.client_secret)
    assert refused.json["error"] == "invalid_request"
    assert make.records.audited("client.auth.fail") == [("refused", None)]


def test_an_id_with_signs_of_its_own_may_be_sent_as_it_is(http, make):
    client = make.clients.machine_client(client_id="a+b%20c")
    raw = f"{client.client_id}:{client.client_secret}".encode()
    headers = {"Authorization": "Basic " + b64encode(raw).decode()}
    form = {"grant_type": "client_credentials"}
    assert http.post("/oauth2/token", data=form, headers=headers).status_code == 200
    assert client_credentials(http, client).status_code == 200


def test_an_id_in_either_reading_may_be_repeated_in_the_body(http, make):
    for name in ("a+b%20c", "app.example/x y", "p%C3%A9"):
        client = make.clients.machine_client(client_id=name)
        for written in (name, quote_plus(name)):
            header = basic(f"{written}:{client.client_secret}")
            answer = ask(http, header, client_id=name)
            assert answer.status_code == 200, written


@pytest.mark.parametrize("repeated", [True, False])
def test_a_header_without_a_password_names_a_public_client(http, make, repeated):
    """requests-oauthlib and Go's x/oauth2 send one where there is no secret."""
    made = make.tokens.code(make.clients.spa())
    named = made.client.client_id
    form = made.form | {"client_id": named if repeated else ""}
    answer = http.post("/oauth2/token", data=form, headers=basic(f"{named}:"))
    assert answer.status_code == 200, answer.json


def test_a_header_without_a_password_proves_nothing_for_other_clients(http, make):
    machine = make.clients.machine_client()
    assert ask(http, basic(f"{machine.client_id}:")).status_code == 401


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Bearer x", "Send Basic"),
        ("Digest username=x", "Send Basic"),
        ("Basic !!!!", "cannot be read"),
        ("Basic", "cannot be read"),
    ],
)
def test_a_header_of_another_kind_is_401_and_says_so(http, make, header, words):
    machine = make.clients.machine_client()
    answer = ask(http, {"Authorization": header}, client_id=machine.client_id)
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert words in answer.json["error_description"]


def test_two_methods_at_once_are_refused(http, make):
    machine = make.clients.machine_client()
    refused = ask(http, machine.basic, client_secret=machine.client_secret)
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")


def test_the_client_may_be_named_twice_but_only_as_the_same(http, make):
    machine = make.clients.machine_client()
    assert ask(http, machine.basic, client_id=machine.client_id).status_code == 200
    assert ask(http, machine.basic, client_id="other").status_code == 400


def test_both_parts_of_basic_are_form_decoded(http, make, app):
    odd = {"client_id": "my app:1%", "client_secret": "p+a:s%s wörd"}
    declared = {"grant_types": ["client_credentials"], "scope": "read"} | odd
    with app.app_context():
        apply_client(declared)
        db.session.commit()
    client = MadeClient(odd["client_id"], odd["client_secret"], CALLBACK)
    assert client_credentials(http, client).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic /////w==",
        "Basic AA==",
        "Bearer x",
        "Digest username=x",
        "basic\tx",
        "x" * 3000,
        "Basic " + b64encode(b"no-colon").decode(),
        "Basic " + b64encode(b":").decode(),
        "Basic " + b64encode(b"\x00:\x00").decode(),
        "Basic " + b64encode("nöbödy:ä".encode()).decode(),
    ],
)
def test_unreadable_authorization_is_401_and_never_a_crash(http, header):
    assert ask(http, {"Authorization": header}).status_code == 401


def test_two_live_secrets_let_a_client_rotate(http, make, app):
    machine = make.clients.machine_client()
    with app.app_context():
        second = ClientSecret(
            client_id=machine.client_id,
            digest=digest("a-second-secret"),
            expires_at=utcnow() + timedelta(days=1),
        )
        db.session.add(second)
        db.session.commit()
    assert ask(http, machine.basic).status_code == 200
    assert ask(http, basic(f"{machine.client_id}:a-second-secret")).status_code == 200


def test_an_expired_secret_is_wrong(http, make, app, clock):
    machine = make.clients.machine_client()
    with app.app_context():
        db.session.query(ClientSecret).update(
            {"expires_at": clock.now + timedelta(hours=1)}
        )
        db.session.commit()
    assert ask(http, machine.basic).status_code == 200
    clock.tick(hours=1)
    assert ask(http, machine.basic).status_code == 401


def test_a_disabled_client_is_told_nothing_more(http, make, app):
    machine = make.clients.machine_client()
    with app.app_context():
        db.session.get(Client, machine.client_id).disabled_at = utcnow()
        db.session.commit()
    assert ask(http, machine.basic).status_code == 401


def test_a_failure_is_recorded(http, make, app):
    machine = make.clients.machine_client()
    ask(http, basic(f"{machine.client_id}:wrong"))
    with app.app_context():
        row = db.session.query(AuditEvent).filter_by(event="client.auth.fail").one()
        assert row.client_id == machine.client_id
        assert row.outcome == "refused"


def test_after_twenty_failures_the_next_are_429_and_the_right_secret_passes(http, make):
    machine = make.clients.machine_client()
    wrong = basic(f"{machine.client_id}:wrong")
    answers = [ask(http, wrong).status_code for _ in range(21)]
    assert answers == [401] * 20 + [429]
    limited = ask(http, wrong)
    assert limited.json["error"] == "invalid_client"
    assert int(limited.headers["Retry-After"]) > 0
    assert ask(http, machine.basic).status_code == 200
