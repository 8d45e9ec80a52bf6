"""Signing in by a provider that is linked: what comes back is this browser's own."""

from urllib.parse import urlencode, urlsplit

import pytest

from tests.federation.travellers import CALLBACK
from tests.rp import RelyingParty


@pytest.fixture(autouse=True)
def _set_up(acme):
    acme()


@pytest.fixture
def reasons(caplog):
    """Return why sign-ins were refused, to whomever."""
    caplog.set_level("INFO")
    return lambda: [
        record.members["reason"]
        for record in caplog.records
        if record.getMessage() == "provider.refused"
    ]


def test_a_link_signs_in(traveller, ada, make):
    traveller.sign_in()
    assert traveller.at == "/account"
    me = traveller.browser.http.get("/auth/me").json
    assert me["user"]["id"] == ada.id
    assert me["credentials"]["providers"] == ["Acme"]
    assert make.records.audited("provider.login") == [("ok", ada.id)]


def test_it_comes_back_into_the_same_authorization_request(traveller, ada, make):
    rp = RelyingParty(traveller.browser.http, make.clients.client(first_party=True))
    page = rp.reach()
    return_to = page.request.args["return_to"]
    url = traveller.leave(return_to)
    fields = traveller.peer.approve(url)
    answer = traveller.browser.open(f"{CALLBACK}?{urlencode(fields)}")
    signed_in = rp.finish(answer)
    assert signed_in.claims["sub"] == ada.id
    assert signed_in.claims["amr"] == ["fed"]


def test_a_connection_goes_straight_there(traveller, ada, make):
    rp = RelyingParty(traveller.browser.http, make.clients.client(first_party=True))
    answer = rp.reach(connection="acme", login_hint="ada@example.com", prompt="login")
    assert answer.location.startswith(traveller.peer.url)
    asked = answer.location
    assert "login_hint=ada%40example.com" in asked
    assert "prompt=login" in asked
    fields = traveller.peer.approve(asked)
    back = traveller.browser.open(f"{CALLBACK}?{urlencode(fields)}")
    assert rp.finish(back).claims["sub"] == ada.id


def test_a_connection_asks_nobody_who_must_not_be_asked(traveller, make):
    rp = RelyingParty(traveller.browser.http, make.clients.client())
    fields = rp.checked(rp.reach(connection="acme", prompt="none"))
    assert fields["error"] == "login_required"


def test_a_connection_that_is_none_shows_the_sign_in_page(traveller, make):
    rp = RelyingParty(traveller.browser.http, make.clients.client())
    page = rp.reach(connection="nobody")
    assert page.request.path == "/login"


def test_the_provider_first_address_keeps_the_request(traveller, make):
    rp = RelyingParty(traveller.browser.http, make.clients.client())
    query = urlencode(rp.parameters(connection="another"))
    answer = traveller.browser.open(f"/auth/oauth/acme/authorize?{query}")
    assert answer.location.startswith(traveller.peer.url)


@pytest.mark.parametrize(
    "path", ["/auth/oauth/acme/callback", "/api/auth/external/acme/redirect"]
)
def test_the_other_callbacks_lead_to_the_one_with_the_query_kept(traveller, path):
    answer = traveller.browser.http.get(f"{path}?code=a%20b&state=c")
    assert answer.status_code == 303
    assert urlsplit(answer.location).path == CALLBACK
    assert urlsplit(answer.location).query == "code=a%20b&state=c"


@pytest.mark.parametrize("line_end", ["%0A", "%0D%0A", "%E2%80%A8"])
def test_an_id_that_is_none_ends_no_header(traveller, ada, line_end):
    http, unknown = traveller.browser.http, f"a{line_end}b"
    for led in (
        http.get(f"/auth/oauth/{unknown}/callback?code=1"),
        http.post(f"/oauth2/callback/{unknown}", data={"code": "1"}),
        http.get(f"/api/auth/external/{unknown}/redirect?code=1"),
    ):
        assert led.status_code == 303
        assert led.location.startswith(f"/oauth2/callback/{unknown}?")


def test_a_posted_answer_waits_for_the_cookies(traveller, ada):
    fields = traveller.peer.approve(traveller.leave())
    stranger = traveller.browser.http.application.test_client(use_cookies=False)
    posted = stranger.post(CALLBACK, data=fields, headers={"Origin": "https://acme"})
    assert posted.status_code == 303
    assert fields["code"] not in posted.location
    traveller.browser.open(posted.location)
    assert traveller.signed_in


def test_an_answer_counts_once(traveller, ada, another_traveller):
    fields = traveller.peer.approve(traveller.leave())
    traveller.come_back(fields)
    traveller.forget_session()
    again = traveller.come_back(fields)
    assert again.status_code == 400
    assert not traveller.signed_in
    assert len(traveller.peer.seen) == 1


def test_an_answer_counts_in_its_own_browser_alone(
    traveller, another_traveller, ada, make, reasons
):
    fields = traveller.peer.approve(traveller.leave())
    another_traveller.leave()
    foreign = another_traveller.come_back(fields)
    assert foreign.status_code == 400
    assert "another browser" in another_traveller.browser.text
    assert not another_traveller.signed_in
    assert traveller.peer.seen == []
    assert reasons() == ["browser"]
    traveller.come_back(fields)  # the stranger has not used it up
    assert traveller.signed_in


def test_an_answer_without_cookies_signs_nobody_in(traveller, another_traveller, ada):
    fields = traveller.peer.approve(traveller.leave())
    another_traveller.come_back(fields)
    assert not another_traveller.signed_in


def test_an_answer_is_not_another_providers(traveller, ada, make, peer, reasons):
    make.providers.provider("other", name="Other", issuer="https://other.example")
    fields = traveller.peer.approve(traveller.leave())
    mixed = traveller.browser.open(f"/oauth2/callback/other?{urlencode(fields)}")
    assert mixed.status_code == 400
    assert reasons() == ["mix_up"]
    assert not traveller.signed_in


def test_an_answer_that_names_another_issuer_is_refused(traveller, ada, make, reasons):
    fields = traveller.peer.approve(traveller.leave())
    traveller.come_back(fields | {"iss": "https://evil.example"})
    assert reasons() == ["iss"]
    assert not traveller.signed_in


def test_an_invented_answer_is_none(traveller, ada):
    assert traveller.come_back({"code": "c", "state": "s"}).status_code == 400
    assert traveller.come_back({}).status_code == 400
    assert traveller.peer.seen == []


def test_a_forged_token_signs_nobody_in(traveller, ada, make, reasons):
    traveller.sign_in(nonce="another")
    assert reasons() == ["nonce"]
    assert not traveller.signed_in
    assert "Acme could not sign you in" in traveller.browser.text


@pytest.mark.parametrize(
    "odd", ["a%0d%0ab", "%2e%2e", "%00", "a%20b", "%c3%a4", "x" * 300]
)
def test_an_odd_name_of_a_provider_is_none(http, odd):
    for path in (f"/auth/oauth/{odd}/callback", f"/api/auth/external/{odd}/redirect"):
        assert http.get(f"{path}?state=s").status_code in (303, 404)
    answer = http.post(f"/oauth2/callback/{odd}", data={"state": "s"})
    assert answer.status_code in (303, 404, 405)
    assert http.get(f"/oauth2/callback/{odd}?state=s").status_code in (400, 404)
    assert http.get(f"/login/with/{odd}").status_code in (303, 404)
    assert http.get(f"/auth/oauth/{odd}/authorize").status_code in (303, 404)
    posted = http.post(f"/oauth2/backchannel/{odd}", data={"logout_token": "x"})
    assert posted.status_code in (400, 404, 405)


def test_an_answer_ends_after_ten_minutes(traveller, ada, clock):
    fields = traveller.peer.approve(traveller.leave())
    clock.tick(minutes=11)
    assert traveller.come_back(fields).status_code == 400
    assert not traveller.signed_in


def test_keys_may_be_rotated_on_the_way(traveller, ada, clock):
    traveller.sign_in()
    traveller.forget_session()
    url = traveller.leave()
    traveller.peer.rotate()
    clock.tick(seconds=31)
    traveller.come_back(traveller.peer.approve(url))
    assert traveller.signed_in


def test_who_says_no_there_is_back_at_the_sign_in_page(traveller, ada):
    url = traveller.leave("/account/profile")
    traveller.come_back(traveller.peer.refuse(url))
    assert traveller.at == "/login"
    assert traveller.browser.response.request.args["return_to"] == "/account/profile"


def test_a_provider_that_is_away_says_so_and_the_password_still_works(
    traveller, ada, browser
):
    traveller.peer.status = 503
    browser.open("/login")
    page = browser.submit("/login/provider", provider="acme")
    assert page.status_code == 503
    assert "Acme can’t be reached right now" in browser.text
    browser.sign_in(ada.email, ada.password)
    assert traveller.signed_in


def test_a_second_factor_that_is_due_stays_due(traveller, ada, make):
    make.users.enrol(ada, "totp")
    traveller.sign_in()
    assert traveller.at == "/login/second-factor"
    assert not traveller.signed_in


def test_two_factors_there_count_by_the_operators_word_alone(
    traveller, ada, make, acme
):
    make.users.enrol(ada, "totp")
    traveller.sign_in(amr=["mfa"], acr="two")
    assert not traveller.signed_in


@pytest.mark.parametrize("status", ["disabled", "deleting"])
def test_an_account_that_is_not_in_use_stays_closed(traveller, ada, make, status):
    make.users.set_status(ada, status)
    traveller.sign_in()
    assert not traveller.signed_in


def test_policies_may_leave_providers_out(traveller, ada, make):
    make.policies.decide(sign_in_methods=["password"])
    page = traveller.browser.open("/login")
    assert "Continue with Acme" not in page.text
    away = traveller.browser.http.get("/login/with/acme")
    assert away.location == "/login"


def test_the_provider_of_last_time_is_marked(traveller, ada):
    assert "Last used" not in traveller.browser.open("/login").text
    traveller.sign_in()
    traveller.forget_session()
    assert "Last used" in traveller.browser.open("/login").text
