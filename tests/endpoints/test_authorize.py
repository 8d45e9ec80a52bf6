"""The authorization endpoint: order of checks, answers, what it costs."""

import logging
from urllib.parse import quote, urlencode

import pytest
from joserfc import jws
from sqlalchemy import event, select

from idp.core.clock import utcnow
from idp.core.db import db
from idp.oauth.clients.cache import ClientCache
from idp.oauth.models import AuthorizationCode, Client, Grant, Interaction
from idp.security.models import AuditEvent
from tests.hosted_pages import follow, read_page
from tests.rp import RelyingParty

AUTHORIZE = "/oauth2/authorize"
MADE = (Grant, AuthorizationCode, Interaction)
API = "https://api.example"


@pytest.fixture
def spa(make):
    return make.clients.spa(scope="openid profile email offline_access", apis=[API])


@pytest.fixture
def rp(http, spa):
    return RelyingParty(http, spa)


@pytest.fixture
def ready(http, make, spa):
    """A signed-in browser whose person allowed the client everything before."""
    browser = make.browsers.sign_in(http)
    make.clients.consent(browser.person, spa, "openid profile email offline_access")
    return browser


def audited(app, name):
    with app.app_context():
        rows = db.session.scalars(select(AuditEvent).where(AuditEvent.event == name))
        return [(row.request_id, row.client_id, row.detail) for row in rows]


@pytest.fixture
def statements(app):
    """The SQL that was sent, and a COMMIT for each."""
    sent: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_conn, _cursor, statement, *_more) -> None:
        sent.append(statement.split()[0])

    def committed(_conn) -> None:
        sent.append("COMMIT")

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", committed)
    yield sent
    event.remove(engine, "before_cursor_execute", note)
    event.remove(engine, "commit", committed)


def test_a_remembered_consent_answers_at_once_with_a_code(rp, ready):
    done = rp.finish(rp.ask())
    assert done.claims["sub"] == ready.user_id
    assert done.claims["sid"] == ready.session_id
    assert done.tokens["scope"] == "openid"


def test_the_fast_path_costs_two_selects_two_inserts_and_a_commit(
    rp, ready, statements
):
    rp.ask()  # fills the cache of clients
    statements.clear()
    assert "code=" in rp.ask().location
    assert statements == ["SELECT", "SELECT", "INSERT", "INSERT", "COMMIT"]


def test_the_redirect_with_a_code_is_not_cached_and_names_no_referrer(rp, ready):
    answer = rp.ask()
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.data == b""
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "state",
    [
        "plain",
        "a b+c&d=e%20",
        "\u00e9\U0001f600\u2028",
        '"<script>',
        "a\n\tb",
        "=" * 4096,
    ],
)
def test_state_comes_back_byte_for_byte(rp, ready, state):
    assert rp.fields_of(rp.ask(state=state))["state"] == state


@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_state_that_is_no_text_comes_back_byte_for_byte_with_an_error(rp, http, mode):
    query = urlencode(rp.parameters(state=None, response_mode=mode))
    answer = http.get(f"{AUTHORIZE}?{query}&state=%FF%00x")
    assert "error=invalid_request" in answer.location
    assert "state=%FF%00x" in answer.location


def test_the_query_of_the_redirect_uri_is_kept(http, make):
    client = make.clients.spa(
        redirect_uris=["https://app.example/cb?tenant=a%2Fb&x="], scope="openid"
    )
    answer = RelyingParty(http, client).ask(prompt="none")
    kept, _, added = answer.location.partition("&error=")
    assert kept == "https://app.example/cb?tenant=a%2Fb&x="
    assert added.startswith("login_required&")


@pytest.mark.parametrize(
    "uri", ["com.example.app:///Callback", "com.example.app://Sign-In/Back"]
)
def test_a_private_scheme_redirect_leaves_exactly_as_registered(http, make, uri):
    client = make.clients.spa(
        redirect_uris=[uri], application_type="native", scope="openid"
    )
    answer = RelyingParty(http, client).ask(prompt="none")
    assert answer.location.startswith(f"{uri}?error=login_required")


def test_form_post_posts_code_state_and_iss_from_a_page(rp, ready):
    state = "a&b \"'<\u00e9"
    page = rp.ask(response_mode="form_post", state=state)
    assert page.status_code == 200
    assert rp.fields_of(page)["state"] == state
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert "form-action" not in page.headers["Content-Security-Policy"]
    rp.attempt.state = state
    assert rp.finish(page).claims["sub"] == ready.user_id


PROBES = [("HEAD", {}), ("GET", {"Sec-Purpose": "prefetch;prerender"})]
OLDER = {"Purpose": "prefetch", "X-Moz": "prefetch", "X-Purpose": "preview"}
ASKED = [
    {},
    {"response_mode": "form_post"},
    {"prompt": "login"},
    {"prompt": "none", "max_age": "0"},
    {"scope": "fancy"},
    {"redirect_uri": "https://evil.example"},
]


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize("asked", ASKED)
def test_a_probe_makes_nothing_and_sees_the_same_status(app, rp, http, probe, asked):
    method, headers = probe
    path = f"{AUTHORIZE}?{urlencode(rp.parameters(**asked))}"
    probed = http.open(path, method=method, headers=headers)
    with app.app_context():
        made = [db.session.query(kind).count() for kind in MADE]
    assert made == [0, 0, 0]
    assert audited(app, "redirect.rejected") == []
    assert probed.status_code == http.get(path).status_code


@pytest.mark.usefixtures("ready")
def test_browsers_of_before_say_otherwise_that_they_fetch_ahead(rp, http):
    path = f"{AUTHORIZE}?{urlencode(rp.parameters())}"
    for name, value in OLDER.items():
        assert http.get(path, headers={name: value}).location is None


def test_form_post_carries_errors_too(rp):
    page = rp.ask(response_mode="form_post", prompt="none")
    assert rp.checked(page)["error"] == "login_required"


def test_a_posted_request_is_stored_and_goes_on_by_get(rp, http, ready):
    foreign = {"Origin": "https://app.example", "Sec-Fetch-Site": "cross-site"}
    form = rp.parameters()
    stranger = http.application.test_client(use_cookies=False)
    stored = stranger.post(AUTHORIZE, data=form, headers=foreign)
    assert stored.status_code == 303
    assert stored.location.startswith(f"{AUTHORIZE}?interaction=")
    assert rp.finish(http.get(stored.location)).claims["sub"] == ready.user_id


def test_a_posted_request_with_an_error_is_answered_by_303(rp, http):
    answer = http.post(AUTHORIZE, data=rp.parameters(response_type="token"))
    assert answer.status_code == 303
    assert rp.checked(answer)["error"] == "unsupported_response_type"


def test_a_posted_request_is_read_from_the_body_alone(rp, http):
    query = urlencode(rp.parameters())
    assert http.post(f"{AUTHORIZE}?{query}", data={}).status_code == 400


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", ""])
def test_a_posted_request_must_be_a_form(http, kind):
    answer = http.post(AUTHORIZE, data=b"client_id=x", content_type=kind)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


BAD_WAYS_BACK = [
    ({"client_id": None}, "does not say which app"),
    ({"client_id": "nobody"}, "unknown here"),
    ({"client_id": "\0\ud800"}, "unknown here"),
    ({"redirect_uri": None}, "does not say where to return"),
    ({"redirect_uri": "https://app.example/callback/"}, "slash at the end"),
    ({"redirect_uri": "https://app.example/Callback"}, "upper and lower case"),
    ({"redirect_uri": "http://app.example/callback"}, "the scheme differs"),
    ({"redirect_uri": "https://app.example:8443/callback"}, "the port differs"),
    ({"redirect_uri": "https://evil.example/callback"}, "the host differs"),
    ({"redirect_uri": "https://app.example/callback?a=b"}, "the query differs"),
    ({"redirect_uri": "https://app.example/callback#f"}, "the fragment differs"),
    ({"redirect_uri": "HTTPS://app.example/callback"}, "only the spelling differs"),
    ({"redirect_uri": "https://[evil/\0"}, "Finding"),
]


@pytest.mark.parametrize(("changed", "words"), BAD_WAYS_BACK)
@pytest.mark.parametrize("worse", [{}, {"response_type": "token", "prompt": "bad"}])
def test_without_a_good_way_back_the_answer_is_a_page_of_our_own(
    rp, http, changed, words, worse
):
    parameters = rp.parameters(**changed, **worse)
    answer = http.get(f"{AUTHORIZE}?{urlencode(parameters, errors='surrogatepass')}")
    assert answer.status_code == 400
    page = read_page(answer)
    assert words in page.text
    assert "Location" not in answer.headers
    assert "Refresh" not in answer.headers
    assert page.links == []
    assert page.forms == []


def test_the_reference_on_the_page_is_in_the_audit_log(app, rp, spa):
    wrong = "https://evil.example/cb?secret=1"
    answer = rp.ask(redirect_uri=wrong)
    ((reference, client_id, detail),) = audited(app, "redirect.rejected")
    assert reference in read_page(answer).text
    assert client_id == spa.client_id
    assert detail["reason"] == "redirect_uri_mismatch"
    assert detail["redirect_uri"] == "https://evil.example/cb"


def test_the_page_does_not_give_away_registered_uris(rp):
    assert "https://app.example" not in rp.ask(redirect_uri="https://x.example").text
    assert "beyond ASCII" in rp.ask(redirect_uri="https://app.example/ä").text


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_repeated_way_back_is_no_way_back(rp, http, name):
    query = urlencode(rp.parameters())
    again = quote(rp.parameters()[name], safe="")
    answer = http.get(f"{AUTHORIZE}?{query}&{name}={again}")
    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("scope", 2048),
        ("nonce", 2048),
        ("login_hint", 2048),
        ("state", 4096),
        ("claims", 8192),
        ("id_token_hint", 8192),
        ("request", 16384),
        ("redirect_uri", 2048),
        ("client_id", 2048),
    ],
)
def test_a_parameter_above_its_length_is_refused_with_400(rp, http, name, limit):
    form = rp.parameters(**{name: "x" * (limit + 1)})
    answer = http.post(AUTHORIZE, data=form)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_client_that_was_switched_off_gets_no_answer(app, http, make):
    client = make.clients.spa(scope="openid")
    rp = RelyingParty(http, client)
    with app.app_context():
        db.session.get_one(Client, client.client_id).disabled_at = utcnow()
        db.session.commit()
        app.extensions["idp"][ClientCache].forget()
    answer = rp.ask()
    assert answer.status_code == 400
    assert "switched off" in answer.text


def test_a_client_with_a_secret_may_be_spared_pkce_by_the_operator(http, make):
    lenient = make.clients.client(require_pkce=False, scope="openid")
    rp = RelyingParty(http, lenient)
    bare = {"code_challenge": None, "code_challenge_method": None}
    assert rp.checked(rp.ask(prompt="none", **bare))["error"] == "login_required"
    assert (
        rp.checked(rp.ask(code_challenge_method="plain"))["error"] == "invalid_request"
    )


def test_offline_access_is_dropped_for_a_client_without_refresh_tokens(http, make):
    client = make.clients.spa(grant_types=["authorization_code"], scope="openid")
    browser = make.browsers.sign_in(http)
    make.clients.consent(browser.person, client, "openid")
    rp = RelyingParty(http, client, scope="openid offline_access")
    done = rp.finish(rp.ask())
    assert done.tokens["scope"] == "openid"
    assert "refresh_token" not in done.tokens


def test_an_unverified_person_is_led_to_the_verification_page(http, make, spa, rp):
    make.browsers.sign_in(http, email_verified=False)
    assert rp.ask().location.startswith("/email-verification?return_to=")
    assert rp.checked(rp.ask(prompt="none"))["error"] == "interaction_required"


def test_a_handed_out_password_is_replaced_first(http, make, rp):
    make.browsers.sign_in(http, must_change_password=True)
    assert rp.ask().location.startswith("/account/password?return_to=")


@pytest.mark.parametrize("environ", [{"IDP_REQUIRE_VERIFIED_EMAIL": "false"}])
def test_an_operator_may_waive_verification(http, make, spa, rp):
    browser = make.browsers.sign_in(http, email_verified=False)
    make.clients.consent(browser.person, spa, "openid")
    assert rp.finish(rp.ask()).claims["sub"] == browser.user_id


def test_what_an_app_asks_beyond_the_code_reaches_the_tokens(rp, ready):
    claims = '{"id_token": {"email": {"essential": true}}, "userinfo": {"name": null}}'
    done = rp.finish(rp.ask(claims=claims))
    assert done.claims["email"] == ready.person.email


def test_a_resource_becomes_the_audience(rp, http, ready):
    query = urlencode(rp.parameters())
    answer = http.get(f"{AUTHORIZE}?{query}&resource=https%3A%2F%2Fapi.example")
    token = rp.finish(rp.allow(follow(http, answer))).tokens["access_token"]
    assert b'"https://api.example"' in jws.extract_compact(token.encode()).payload


def test_nobody_signed_in_leads_to_the_sign_in_page(rp, http):
    answer = rp.ask()
    assert answer.status_code == 302
    assert answer.location.startswith("/login?return_to=%2Foauth2%2Fauthorize%3F")
    assert "__Host-idp-pre=" in answer.headers["Set-Cookie"]
    assert rp.ask(prompt="create").location.startswith("/register?return_to=")


@pytest.mark.parametrize(
    ("changed", "error", "parameter"),
    [
        ({"prompt": "fancy"}, "invalid_request", "prompt"),
        ({"scope": "fancy"}, "invalid_scope", "scope"),
        ({"request": "e30."}, "request_not_supported", "request"),
    ],
)
def test_the_log_says_which_parameter_a_request_was_refused_for(
    rp, caplog, changed, error, parameter
):
    caplog.set_level(logging.INFO)
    assert rp.checked(rp.ask(**changed))["error"] == error
    (line,) = [r for r in caplog.records if r.message == "authorization.refused"]
    assert (line.client_id, line.error) == (rp.client.client_id, error)
    assert line.reason == parameter
