import pytest

from idp.demo.app import DemoConfig, create_demo_app


def test_a_person_signs_in_asks_userinfo_refreshes_and_signs_out(browser, issuer):
    assert browser.sign_in().location == "/web"
    page = browser.get("/web").text
    assert 'id="tokens"' in page
    assert "&#34;sub&#34;: &#34;ada&#34;" in page

    assert browser.press("/web/userinfo").status_code == 303
    assert 'id="userinfo-answer"' in browser.get("/web").text

    before = set(issuer.refresh_tokens)
    browser.press("/web/refresh")
    page = browser.get("/web").text
    assert "Refreshed" in page
    assert not before & set(issuer.refresh_tokens)

    assert browser.press("/web/sign-out").location == "/web"
    page = browser.get("/web").text
    assert 'id="sign-in"' in page
    assert f"{issuer.url}/logout" in page


def test_every_request_of_a_sign_in_is_shown(browser, issuer):
    browser.sign_in()
    page = browser.get("/web").text
    for seen in ("openid-configuration", "authorize", "token", "jwks"):
        assert f"{issuer.url}/" in page
        assert seen in page
    assert "code_challenge_method = S256" in page


def test_sign_out_goes_through_the_issuer_when_discovery_announces_it(browser, issuer):
    issuer.extra_metadata["end_session_endpoint"] = f"{issuer.url}/end"
    browser.sign_in()
    location = browser.press("/web/sign-out").location
    assert location.startswith(f"{issuer.url}/end?id_token_hint=ey")
    assert "post_logout_redirect_uri=http%3A%2F%2Flocalhost%2F" in location
    assert 'id="sign-in"' in browser.get("/web").text


@pytest.mark.parametrize(
    ("ticked", "asked"),
    [({}, False), ({"offline_access": "1"}, True)],
    ids=["unticked", "ticked"],
)
def test_offline_access_is_asked_for_only_when_ticked(browser, ticked, asked):
    location = browser.press("/web/sign-in", **ticked).location
    assert ("offline_access" in location) is asked


def test_an_answer_to_another_browsers_sign_in_is_refused(app, browser):
    answer = browser.abroad(browser.press("/web/sign-in"))
    victim = app.test_client()
    refused = victim.get(answer)
    assert refused.status_code == 400
    assert "state_mismatch" in refused.text
    assert 'id="sign-in"' in victim.get("/web").text


def test_an_answer_is_taken_once(browser):
    answer = browser.abroad(browser.press("/web/sign-in"))
    assert browser.get(answer).status_code == 303
    assert "state_mismatch" in browser.get(answer).text


def test_two_tabs_can_sign_in_side_by_side(browser):
    first = browser.abroad(browser.press("/web/sign-in"))
    second = browser.abroad(browser.press("/web/sign-in"))
    assert browser.get(first).status_code == 303
    assert browser.get(second).status_code == 303


@pytest.mark.parametrize("iss", ["https://attacker.example", ""])
def test_an_answer_of_another_issuer_is_refused(browser, issuer, iss):
    issuer.extra_answer["iss"] = iss
    refused = browser.sign_in()
    assert refused.status_code == 400
    assert "iss_mismatch" in refused.text
    assert not issuer.access_tokens


def test_a_refusal_is_shown_in_the_issuers_words(browser, issuer):
    issuer.extra_answer.update(
        error="access_denied", error_description="<b>Ada</b> said no"
    )
    refused = browser.sign_in()
    assert refused.status_code == 400
    assert "access_denied" in refused.text
    assert "&lt;b&gt;Ada&lt;/b&gt; said no" in refused.text


def test_an_id_token_for_another_nonce_is_refused(browser, issuer):
    issuer.extra_claims["nonce"] = "somebody else's"
    refused = browser.sign_in()
    assert "id_token_invalid" in refused.text
    assert 'id="sign-in"' in browser.get("/web").text


def test_userinfo_about_somebody_else_is_refused(browser, issuer):
    browser.sign_in()
    issuer.sub = "eve"
    assert "sub_mismatch" in browser.press("/web/userinfo").text


def test_a_refused_refresh_is_shown(browser, issuer):
    browser.sign_in()
    issuer.refresh_tokens.clear()
    refused = browser.press("/web/refresh")
    assert refused.status_code == 400
    assert "invalid_grant" in refused.text


@pytest.mark.parametrize(
    ("experiment", "seen"),
    [
        ("missing-pkce", "invalid_request"),
        ("tampered-state", "state_mismatch"),
        ("wrong-verifier", "invalid_grant"),
        ("reused-code", "invalid_grant"),
    ],
)
def test_a_broken_sign_in_ends_in_the_promised_refusal(browser, experiment, seen):
    page = browser.sign_in(button=f"/web/break/{experiment}")
    assert page.status_code == 400
    assert seen in page.text
    assert "Expected:" in page.text
    assert 'id="sign-in"' in browser.get("/web").text


@pytest.mark.parametrize(
    ("experiment", "sent"),
    [
        ("wrong-redirect-uri", "redirect_uri=https%3A%2F%2Fattacker.example"),
        ("unknown-client", "client_id=nobody-registered-this"),
    ],
)
def test_some_faults_are_the_issuers_to_explain(browser, experiment, sent):
    assert sent in browser.press(f"/web/break/{experiment}").location


def test_an_issuer_that_forgives_is_called_faulty(browser, issuer):
    grant = {"client_id": "demo-web", "nonce": "n", "scope": "openid"}
    issuer.token = lambda *_: (200, issuer.tokens(grant))
    page = browser.sign_in(button="/web/break/reused-code")
    assert "nothing_refused" in page.text


def test_an_issuer_that_is_down_gets_a_page_that_says_so():
    config = DemoConfig(
        issuer="http://localhost:9",
        base_url="http://localhost",
        web_client_secret="secret",
        cookie_secret="cookie",
    )
    page = create_demo_app(config).test_client().post("/web/sign-in")
    assert page.status_code == 502
    assert "The issuer does not answer" in page.text
    assert "http://localhost:9/.well-known/openid-configuration" in page.text


def test_the_session_changes_its_cookie_at_sign_in(browser):
    browser.get("/web")
    planted = browser.client.get_cookie("demo_session").value
    browser.sign_in()
    assert browser.client.get_cookie("demo_session").value != planted
