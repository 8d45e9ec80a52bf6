"""What every endpoint of programs has in common."""

import logging
from io import BytesIO

import pytest
from sqlalchemy import func, insert, select

from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.context import service_of, services_of
from idp.core.db import db, table_of
from idp.endpoints.errors import answer_trouble
from idp.oauth.models import Interaction
from idp.oauth.protocol.machine import MachineAnswer
from idp.security.client_network import Proxies
from idp.web.http.hosts import HostRule
from idp.web.machine.endpoint import Endpoint
from idp.web.machine.front import Front
from idp.web.machine.programs import Programs, Rules

interactions = table_of(Interaction)
TOKEN = "/oauth2/token"
FORM = "application/x-www-form-urlencoded"


def post(http, body, **environ):
    """Send a body as a server hands it over."""
    overrides = {"wsgi.input": BytesIO(body), "CONTENT_TYPE": FORM, **environ}
    return http.post(TOKEN, environ_overrides=overrides)


def chunked(http, body):
    return post(
        http,
        body,
        CONTENT_LENGTH="",
        HTTP_TRANSFER_ENCODING="chunked",
        **{"wsgi.input_terminated": True},
    )


def test_a_body_in_chunks_is_read_whole(http):
    answer = chunked(http, b"grant_type=none&client_id=x")
    assert answer.json["error"] == "unsupported_grant_type"


def test_a_body_that_is_too_large_is_refused_whichever_way_it_comes(http):
    large = b"a=" + b"b" * 70_000
    assert chunked(http, large).status_code == 413
    assert post(http, large, CONTENT_LENGTH=str(len(large))).status_code == 413


def test_a_body_without_length_or_end_counts_as_empty(http):
    answer = post(http, b"grant_type=none", CONTENT_LENGTH="")
    assert answer.json["error_description"] == "grant_type is missing."


def test_a_body_that_breaks_off_is_refused(http):
    answer = post(http, b"grant_type", CONTENT_LENGTH="15")
    assert answer.status_code == 400
    assert answer.json["error"] == "invalid_request"


@pytest.mark.parametrize("path", ["/oauth2/introspect", "/oauth2/device_authorization"])
def test_options_tell_which_methods_there_are(http, path):
    answer = http.options(path)
    assert answer.status_code == 200
    assert answer.headers["Allow"] == "OPTIONS, POST"


def test_another_method_is_refused_as_json_with_those_there_are(http):
    answer = http.put("/oauth2/userinfo", headers={"Accept": "text/html"})
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert answer.json["error"] == "invalid_request"


def test_head_is_told_the_length_alone(http):
    path = "/.well-known/openid-configuration"
    head, whole = http.head(path), http.get(path)
    assert head.data == b""
    assert head.headers["Content-Length"] == str(len(whole.data))


def test_a_host_that_is_not_ours_is_misdirected(http):
    answer = http.post(TOKEN, base_url="https://evil.example")
    assert answer.status_code == 421
    assert answer.json["code"] == "misdirected_request"


def test_every_answer_has_the_headers_of_every_answer(http):
    for answer in (http.post(TOKEN), http.put(TOKEN), http.options(TOKEN)):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


class TestAnEndpoint:
    """One of the test's own, which writes."""

    @pytest.fixture
    def serve(self, app, http):
        """Put an endpoint in front of the app."""

        rules = Rules(service_of(app, Proxies), service_of(app, HostRule))

        def served(respond):
            programs = Programs(
                services_of(app),
                rules=rules,
                endpoints=[Endpoint("/test", respond)],
                trouble=answer_trouble,
            )
            app.wsgi_app = Front(app.wsgi_app, programs)
            return http.post("/test")

        return served

    def test_what_it_did_is_kept_when_it_returns(self, app, serve):
        assert serve(refusing).status_code == 400
        assert stored(app) == 1

    def test_what_it_did_is_undone_when_it_raises(self, app, serve, caplog):
        answer = serve(failing)
        assert answer.status_code == 500
        assert stored(app) == 0
        assert "a bug" in caplog.text
        assert answer.json["request_id"]
        assert [r.levelno for r in caplog.records] == [logging.ERROR]


def write():
    row = {"digest": "d" * 64, "client_id": "app", "parameters": {}}
    moments = {"created_at": utcnow(), "expires_at": utcnow()}
    connection().execute(insert(interactions), row | moments)


def refusing(_request):
    write()
    return MachineAnswer(400, (), b"")


def failing(_request):
    write()
    raise LookupError("a bug")


def stored(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(interactions))
