"""What the token endpoint refuses before it looks at grants, and how it answers."""

import logging

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from idp.core.db import db
from tests.oauth.calls import client_credentials, redeem

TOKEN = "/oauth2/token"


def test_parameters_in_the_query_string_are_refused(http, make):
    machine = make.clients.machine_client()
    refused = http.post(
        f"{TOKEN}?grant_type=client_credentials", headers=machine.basic, data={}
    )
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")
    assert "query string" in refused.json["error_description"]


def test_a_repeated_parameter_is_refused_by_name(http, make):
    machine = make.clients.machine_client()
    form = {"grant_type": "client_credentials", "scope": ["read", "read"]}
    refused = http.post(TOKEN, data=form, headers=machine.basic)
    assert refused.json["error"] == "invalid_request"
    assert "scope" in refused.json["error_description"]


def test_a_repeated_resource_is_not_a_repeated_parameter(http, make):
    machine = make.clients.machine_client()
    issuer = "https://idp.example"
    answer = client_credentials(http, machine, resource=[issuer, issuer])
    assert answer.status_code == 200


def test_a_parameter_without_value_counts_as_not_sent(http, make):
    made = make.tokens.code(make.clients.spa())
    assert redeem(http, made, client_secret="", scope="").status_code == 200


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b"grant_type=client_credentials", "text/plain"),
        (b"grant_type=client_credentials", "multipart/form-data"),
        (b"\xff\xfe\x00", "application/octet-stream"),
    ],
)
def test_other_bodies_than_forms_are_refused(http, make, body, content_type):
    machine = make.clients.machine_client()
    refused = http.post(
        TOKEN, data=body, content_type=content_type, headers=machine.basic
    )
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")
    assert "x-www-form-urlencoded" in refused.json["error_description"]


@pytest.mark.parametrize(
    "body",
    [
        b"grant_type=client_credentials&scope=%00",
        b"grant_type=client_credentials&client_id=a%0Ab",
        b"grant_type=client_credentials&%00=x",
        b"grant_type=client_credentials&scope=" + b"a" * 9000,
    ],
)
def test_control_characters_and_long_values_are_refused_and_never_a_crash(
    http, make, body
):
    machine = make.clients.machine_client()
    form = "application/x-www-form-urlencoded"
    refused = http.post(TOKEN, data=body, content_type=form, headers=machine.basic)
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "name", ["code", "redirect_uri", "client_id", "refresh_token", "code_verifier"]
)
@pytest.mark.parametrize("value", ["\x00", "a\x00b", "\ud83d\ude00", "'; --", "ä"])
def test_no_value_of_a_parameter_is_a_crash(http, make, name, value):
    made = make.tokens.code(make.clients.spa())
    sent = value.encode("utf-16", "surrogatepass").decode("utf-16")
    assert redeem(http, made, **{name: sent}).status_code in (400, 401, 200)


def test_a_body_above_64_kilobytes_is_refused(http, make):
    form = "application/x-www-form-urlencoded"
    refused = http.post(TOKEN, data=b"a=" + b"b" * 66_000, content_type=form)
    assert (refused.status_code, refused.json["error"]) == (413, "invalid_request")


def test_an_unknown_grant_type_is_answered_with_those_there_are(http, make):
    refused = client_credentials(
        http, make.clients.machine_client(), grant_type="password"
    )
    assert refused.json["error"] == "unsupported_grant_type"
    assert "authorization_code" in refused.json["error_description"]


def test_a_missing_grant_type_is_named(http, make):
    refused = http.post(
        TOKEN, data={"x": "y"}, headers=make.clients.machine_client().basic
    )
    assert refused.json["error"] == "invalid_request"
    assert "grant_type" in refused.json["error_description"]


def test_a_grant_type_the_client_lacks_is_refused(http, make):
    refused = client_credentials(http, make.clients.web_client())
    assert refused.json["error"] == "unauthorized_client"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_answered(http, method):
    refused = http.open(TOKEN, method=method)
    assert refused.status_code == 405
    assert "POST" in refused.headers["Allow"]


def test_errors_are_json_that_nobody_keeps(http, make):
    refused = client_credentials(http, make.clients.machine_client(), grant_type="x")
    assert refused.mimetype == "application/json"
    assert refused.headers["Cache-Control"] == "no-store"
    assert refused.headers["X-Content-Type-Options"] == "nosniff"


def test_no_secret_and_no_token_reaches_the_log(http, make, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("authlib").setLevel(logging.INFO)
    client = make.clients.web_client()
    made = make.tokens.code(client)
    answer = http.post(TOKEN, data=made.form, headers=client.basic)
    shown = "\n".join(str(vars(record)) for record in caplog.records)
    for secret in (
        client.client_secret,
        made.code,
        answer.json["access_token"],
        answer.json["refresh_token"],
        answer.json["id_token"],
    ):
        assert secret not in shown


def test_bytes_that_are_no_utf_8_are_refused(http, make):
    machine = make.clients.machine_client()
    form = "application/x-www-form-urlencoded"
    for body in (b"grant_type=%C3%28", b"grant_type=client_credentials&scope=%FF"):
        refused = http.post(TOKEN, data=body, content_type=form, headers=machine.basic)
        assert refused.status_code == 400


def test_while_the_database_is_away_the_answer_is_503(http, make, app):
    made = make.tokens.code(make.clients.spa())
    with app.app_context():
        db.engine.dispose()
        event.listen(db.engine, "connect", refuse_to_connect)
    answer = redeem(http, made)
    assert (answer.status_code, answer.json["error"]) == (
        503,
        "temporarily_unavailable",
    )
    assert answer.headers["Retry-After"] == "2"
    with app.app_context():
        event.remove(db.engine, "connect", refuse_to_connect)
    assert redeem(http, made).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/oauth2/authorize?client_id=unknown"),
        ("GET", "/oauth2/logout?id_token_hint=x"),
        ("POST", "/oauth2/token"),
        ("POST", "/oauth2/revoke"),
        ("POST", "/oauth2/introspect"),
        ("POST", "/oauth2/device_authorization"),
    ],
)
def test_a_refusal_that_cannot_be_written_down_is_503(http, app, method, path):
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", refuse_to_write)
    form = {"client_id": "unknown", "client_secret": "x"}
    form |= {"grant_type": "client_credentials"}
    answer = http.open(path, method=method, data=form if method == "POST" else None)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "temporarily_unavailable" in answer.text or "Try again" in answer.text


def refuse_to_write(_connection, _cursor, statement, *_rest):
    if statement.startswith("INSERT INTO refusal_counts"):
        raise OperationalError("insert", None, ConnectionError("locked"))


def refuse_to_connect(*_about):
    raise OperationalError("connect", None, ConnectionError("gone"))
