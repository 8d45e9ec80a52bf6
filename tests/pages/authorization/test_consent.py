"""The consent page: what it shows, and what its answer is worth."""

import pytest
from sqlalchemy import delete, select

from idp.core.db import db
from idp.oauth.models import AuthorizationCode, Consent, Interaction
from idp.security.models import AuditEvent
from tests.hosted_pages import ORIGIN, follow, press, read_page
from tests.rp import RelyingParty

SCOPE = "openid profile email offline_access"


@pytest.fixture
def spa(make):
    return make.clients.spa(
        scope=SCOPE,
        client_name="Notes <b>",
        policy_uri="https://app.example/privacy",
        tos_uri="https://app.example/terms",
    )


@pytest.fixture
def rp(http, spa):
    return RelyingParty(http, spa, scope="openid email")


@pytest.fixture
def ada(http, make):
    return make.browsers.sign_in(http, email="ada@example.org", name="Ada Lovelace")


def remembered(app):
    with app.app_context():
        return [row.scope for row in db.session.scalars(select(Consent)).all()]


def consents_given(app):
    with app.app_context():
        rows = select(AuditEvent).where(AuditEvent.event == "consent.given")
        return [
            (row.user_id, row.client_id, row.detail["scope"])
            for row in db.session.scalars(rows)
        ]


def test_the_page_says_who_asks_for_what_in_plain_words(rp, ada):
    answer = rp.reach(scope=SCOPE)
    page = read_page(answer)
    for words in (
        "Notes <b> wants to use your idp account",
        "Ada Lovelace",
        "ada@example.org (verified)",
        "Keep this access while you’re away",
        "Also after you sign out here",
        "go back to app.example",
    ):
        assert words in page.text
    assert "<b>wants" not in answer.text
    assert "New" not in page.text
    assert {"https://app.example/privacy", "https://app.example/terms"} <= set(
        page.links
    )


def test_the_page_can_end_at_an_app_and_is_not_kept(rp, ada):
    answer = rp.reach()
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cross-Origin-Opener-Policy" not in answer.headers


def test_allow_leads_to_the_app_with_a_code_and_is_remembered(app, rp, ada, spa):
    done = rp.finish(rp.allow(rp.reach()))
    assert done.claims["sub"] == ada.user_id
    assert remembered(app) == ["email openid"]
    assert consents_given(app) == [
        (ada.user_id, spa.client_id, ["openid", "email"]),
    ]
    assert "code=" in rp.ask().location


def test_cancel_leads_to_the_app_with_access_denied(app, rp, ada):
    answer = rp.cancel(rp.reach())
    assert answer.status_code == 303
    assert rp.checked(answer)["error"] == "access_denied"
    assert remembered(app) == []
    assert consents_given(app) == []


def test_cancel_of_a_form_post_request_posts_the_error(rp, ada):
    answer = rp.cancel(rp.reach(response_mode="form_post"))
    assert rp.checked(answer)["error"] == "access_denied"


def test_more_scope_asks_again_and_tags_what_is_new(app, rp, ada, make, spa):
    make.clients.consent(ada.person, spa, "openid email")
    page = rp.reach(scope="openid profile email")
    assert read_page(page).text.count("New") == 1
    rp.allow(page)
    assert remembered(app) == ["email openid profile"]


def test_less_scope_does_not_ask(rp, ada, make, spa):
    make.clients.consent(ada.person, spa, SCOPE)
    assert rp.finish(rp.ask(scope="openid")).tokens["scope"] == "openid"


def test_offline_access_is_asked_for_and_outlives_the_session(rp, ada):
    done = rp.finish(rp.allow(rp.reach(scope="openid offline_access")))
    assert "offline_access" in done.tokens["scope"]
    assert "refresh_token" in done.tokens


def test_prompt_consent_asks_although_all_was_allowed(app, rp, ada, make, spa):
    make.clients.consent(ada.person, spa, SCOPE)
    page = rp.reach(prompt="consent")
    assert page.status_code == 200
    assert rp.finish(rp.allow(page)).claims["sub"] == ada.user_id
    assert rp.ask(prompt="consent").location.startswith("/consent?")


def test_a_yes_counts_for_its_own_request_alone(rp, ada, http):
    first = rp.ask(prompt="consent").location
    second = rp.ask(prompt="consent").location
    rp.allow(http.get(first))
    assert http.get(second).status_code == 200, "the other request still asks"


def test_a_yes_counts_for_its_own_person_alone(rp, ada, http, make):
    page = rp.reach(prompt="consent")
    press(http, page, decision="allow")
    return_to = dict(read_page(page).forms[0].fields)["return_to"]
    make.browsers.sign_in(http)
    assert http.get(return_to).status_code in (302, 400)
    assert "code=" not in http.get(return_to).headers.get("Location", "")


def test_a_first_party_app_is_not_asked_about(http, make, ada):
    rp = RelyingParty(http, make.clients.own_app(scope="openid"))
    assert rp.finish(rp.ask()).claims["sub"] == ada.user_id
    assert rp.ask(prompt="consent").location.startswith("/consent?")


def test_prompt_none_without_consent_is_consent_required(rp, ada):
    assert rp.checked(rp.ask(prompt="none"))["error"] == "consent_required"


@pytest.mark.parametrize("decision", ["", "ALLOW", "yes"])
def test_only_the_two_buttons_answer(app, rp, ada, http, decision):
    again = press(http, rp.reach(), decision=decision)
    assert again.status_code == 200
    assert remembered(app) == []


def test_an_answer_counts_for_the_scope_that_was_on_the_page(app, rp, ada, http):
    again = press(http, rp.reach(), decision="allow", asked="openid profile email")
    assert again.status_code == 200
    assert remembered(app) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_foreign_page_cannot_answer(app, rp, ada, http, headers):
    form = read_page(rp.reach()).forms[0]
    data = dict(form.fields) | {"decision": "allow"}
    assert http.post("/consent", data=data, headers=headers).status_code == 403
    assert remembered(app) == []


def test_without_a_form_token_nothing_is_allowed(app, rp, ada, http):
    form = read_page(rp.reach()).forms[0]
    data = dict(form.fields) | {"decision": "allow", "csrf_token": ""}
    answer = http.post("/consent", data=data, headers={"Origin": ORIGIN})
    assert answer.status_code == 403
    assert remembered(app) == []


def test_another_browser_cannot_answer(app, rp, ada, http, make):
    form = read_page(rp.reach()).forms[0]
    other = app.test_client()
    make.browsers.sign_in(other)
    data = dict(form.fields) | {"decision": "allow"}
    answer = other.post("/consent", data=data, headers={"Origin": ORIGIN})
    assert "Nothing was done yet" in read_page(answer).text
    assert remembered(app) == []


def test_the_page_asks_nothing_where_nothing_waits(http, make, ada, rp):
    waiting = rp.ask().location
    rp.allow(http.get(waiting))
    assert http.get(waiting).location.startswith("/oauth2/authorize?interaction=")
    assert http.get("/consent").location == "/account"
    assert http.get("/consent?return_to=//evil.example").location == "/account"
    stranger = http.application.test_client()
    assert stranger.get(waiting).location.startswith("/oauth2/authorize?")


def test_pressing_allow_twice_ends_at_the_app_both_times(app, rp, ada, http):
    page = rp.reach()
    for answer in (rp.allow(page), rp.allow(page)):
        assert rp.checked(answer)["code"]
    assert len(consents_given(app)) == 1


def test_a_page_left_open_until_the_request_was_forgotten_still_works(
    app, rp, ada, http, clock
):
    page = rp.reach()
    clock.tick(minutes=90)
    with app.app_context():
        db.session.execute(delete(Interaction))
        db.session.commit()
    again = follow(http, press(http, page, decision="allow"))
    assert "wants to use your" in read_page(again).text
    assert rp.finish(rp.allow(again)).claims["sub"] == ada.user_id


def test_not_you_leads_to_the_sign_in_page_and_back(rp, ada):
    (link,) = [link for link in read_page(rp.reach()).links if "/login" in link]
    assert link.startswith("/login?return_to=%2Foauth2%2Fauthorize%3Finteraction%3D")
    assert link.endswith("&switch=1")


def test_a_native_app_is_named_by_its_scheme(http, make, ada):
    app = make.clients.spa(
        redirect_uris=["com.example.app:/cb"], application_type="native", scope="openid"
    )
    page = RelyingParty(http, app).reach()
    assert "go back to com.example.app" in read_page(page).text


def test_a_refused_request_leaves_no_code(app, rp, ada):
    rp.cancel(rp.reach())
    with app.app_context():
        assert db.session.scalars(select(AuthorizationCode)).all() == []


API, OTHER = "https://api.example", "https://other.example"


@pytest.fixture
def at_apis(http, make):
    """A relying party that may ask for tokens for two APIs."""
    described = {
        "read": {"en": "Read your notes", "de": "Deine Notizen lesen"},
        "write": {},
    }
    make.clients.api(API, name="Notes API", scopes=described)
    make.clients.api(OTHER, name="Mail API")
    client = make.clients.spa(scope="openid email", apis=[API, OTHER])
    return RelyingParty(http, client, scope="openid read")


def test_an_api_is_named_and_its_scopes_are_in_its_words(at_apis, ada):
    page = read_page(at_apis.reach(resource=API))
    for words in ("Act for you at Notes API", API, "Read your notes"):
        assert words in page.text
    page = read_page(at_apis.reach(resource=API, ui_locales="de"))
    assert "Deine Notizen lesen" in page.text
    assert "Mail API" not in page.text


def test_a_remembered_consent_does_not_cover_an_api_that_was_not_named(at_apis, ada):
    at_apis.finish(at_apis.allow(at_apis.reach(resource=API)))
    at_apis.finish(at_apis.ask(resource=API))
    at_apis.finish(at_apis.ask(scope="openid"))
    fields = at_apis.checked(at_apis.ask(scope="openid", resource=OTHER, prompt="none"))
    assert fields["error"] == "consent_required"
    page = read_page(at_apis.reach(scope="openid", resource=OTHER))
    assert "Act for you at Mail API" in page.text
    assert "New" in page.text
    at_apis.finish(at_apis.allow(at_apis.reach(scope="openid", resource=OTHER)))
    for resource in (API, OTHER):
        at_apis.finish(at_apis.ask(scope="openid", resource=resource))
