"""OAuth 2.0 Form Post Response Mode."""

import pytest

from tests.hosted_pages import read_page
from tests.rp import RelyingParty

HOSTILE = """'"><script>alert(1)</script>&amp; %22%0A+ é \tend"""


@pytest.fixture
def rp(http, make):
    """An app whose person is signed in and has allowed everything."""
    client = make.clients.spa(scope="openid profile email")
    signed_in = make.browsers.sign_in(http)
    make.clients.consent(signed_in.person, client, "openid profile email")
    return RelyingParty(http, client)


@pytest.fixture
def page(rp):
    """The answer of a request that is granted."""
    return rp.ask(response_mode="form_post", state=HOSTILE)


def test_section_2_the_response_is_a_page_with_a_form_that_is_posted(rp, page):
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert f'<form method="post" action="{rp.client.redirect_uri}"' in page.text
    assert "data-auto-submit" in page.text


def test_section_2_the_parameters_are_its_hidden_fields(page):
    (form,) = read_page(page).forms
    assert [name for name, _ in form.fields] == ["code", "state", "iss"]
    assert page.text.count('type="hidden"') == 3


def test_section_2_nothing_travels_in_the_address(rp, page):
    assert page.location is None
    assert read_page(page).forms[0].action == rp.client.redirect_uri


def test_section_2_values_are_html_escaped_and_nothing_else(page):
    fields = dict(read_page(page).forms[0].fields)
    assert fields["state"] == HOSTILE
    assert "<script>alert" not in page.text


def test_section_2_errors_are_posted_too(rp):
    page = rp.ask(response_mode="form_post", scope="x")
    assert rp.checked(page)["error"] == "invalid_scope"


def test_section_2_a_redirect_uri_keeps_its_query(http, make):
    uri = "https://app.example/cb?a=1&b=2"
    rp = RelyingParty(http, make.clients.spa(redirect_uris=[uri], scope="openid"))
    page = rp.ask(response_mode="form_post", prompt="none")
    assert read_page(page).forms[0].action == uri


def test_section_4_the_page_is_not_kept(page):
    assert page.headers["Cache-Control"] == "no-store"


def test_the_answer_to_prompt_none_may_be_framed_by_the_app_alone(http, make):
    """Single-page apps renew in a hidden frame of their own."""
    uri = "https://app.example:8443/cb?a=1"
    rp = RelyingParty(http, make.clients.spa(redirect_uris=[uri], scope="openid"))
    answers = [
        rp.ask(response_mode="form_post", prompt="none"),
        rp.ask(response_mode="form_post", prompt="none", max_age="x"),
    ]
    for page in answers:
        policy = page.headers["Content-Security-Policy"]
        assert policy.endswith("frame-ancestors https://app.example:8443")
    others = [
        rp.ask(response_mode="form_post", prompt="none login"),
        rp.ask(response_mode="form_post", scope="x"),
        rp.ask(prompt="none", redirect_uri="https://evil.example"),
    ]
    for page in others:
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_section_5_no_script_of_others_runs_and_no_frame_holds_it(page):
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy


def test_the_app_sees_a_real_origin_and_no_address_of_ours(page):
    """``no-referrer`` would post ``Origin: null``, which apps refuse as forged."""
    assert page.headers["Referrer-Policy"] == "strict-origin"


def test_the_metadata_says_so(rp):
    assert "form_post" in rp.metadata["response_modes_supported"]


@pytest.mark.parametrize("state", ["a\nb", "a\rb", "a\r\nb"])
def test_a_state_that_a_form_would_change_travels_by_query(rp, state):
    answer = rp.ask(response_mode="form_post", state=state)
    assert rp.fields_of(answer)["state"] == state
    assert "code=" in answer.location
