"""/api/auth/external, as a single-page front end of this site calls it."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from idp.core.clock import utcnow
from idp.security.outbound.client import Outbound
from tests.api.callers import cookies_set, declined, fields, problem
from tests.federation.peers import CLIENT_ID, SECRET, provider_at_peer

EXTERNAL = "/api/auth/external"


@pytest.fixture
def peer(app, make):
    app.extensions["idp"][Outbound] = Outbound(allow_loopback=True)
    with provider_at_peer() as running:
        make.providers.provider(
            "acme",
            name="Acme",
            issuer=running.issuer,
            client_id=CLIENT_ID,
            secret=SECRET,
        )
        yield running


def come_back(spa, peer, *, return_url: str = "", **claims):
    """Navigate to the provider and back, as far as this server leads."""
    query = f"?{urlencode({'returnUrl': return_url})}" if return_url else ""
    away = spa.client.get(f"{EXTERNAL}/acme/init{query}")
    assert away.status_code == 302
    answer = urlencode(peer.approve(away.location, **claims))
    back = spa.client.get(f"{EXTERNAL}/acme/redirect?{answer}")
    assert back.status_code == 303
    return spa.client.get(back.location)


def test_the_buttons_are_listed(program, peer, make):
    make.providers.provider("off", name="Off", disabled_at=None, position=2)
    listed = program.get(f"{EXTERNAL}/providers").json
    assert listed[0] == {"id": "acme", "name": "Acme", "icon": None}
    assert [each["id"] for each in listed] == ["acme", "off"]


def test_a_link_signs_in_and_leads_to_the_page_that_was_asked_for(spa, peer, make):
    account = make.users.account()
    make.providers.link("acme", account.id, subject="upstream-ada")
    answer = come_back(spa, peer, return_url="/account/profile")
    assert answer.location == "/account/profile"
    assert "__Host-idp" in cookies_set(answer)
    assert spa.client.get("/api/auth").json["status"] == "ok"


def test_no_page_of_another_site_is_led_to(spa, peer, make):
    account = make.users.account()
    make.providers.link("acme", account.id, subject="upstream-ada")
    answer = come_back(spa, peer, return_url="https://evil.example/")
    assert answer.location == "/account"
    assert make.records.counted("redirect.rejected") == 1


def test_a_token_signs_up_with_what_is_missing(spa, peer, make):
    answer = come_back(spa, peer, sub="eve", name="Eve")
    path, _, query = answer.location.partition("?")
    assert path == "/register/provider"
    token = dict(parse_qsl(query))["identity"]
    route = f"{EXTERNAL}/register/{token}"
    assert fields(spa.post(route, {})) == {"email": "required"}
    assert fields(spa.post(route, {"email": "none"})) == {"email": "invalid"}
    made = spa.post(route, {"email": "eve@example.com", "lastName": "Adams"})
    assert made.json["status"] == "email_not_verified"
    assert made.json["token"]
    row = make.records.user_row(make.records.user_id_of("eve@example.com"))
    assert (row["name"], row["family_name"]) == ("Eve", "Adams")
    assert declined(spa.post(route, {"email": "eve@example.com"})) == "token_invalid"


def test_a_token_is_worth_nothing_in_another_browser(spa, program, peer):
    answer = come_back(spa, peer, sub="eve")
    token = dict(parse_qsl(urlsplit(answer.location).query))["identity"]
    other = program.post(f"{EXTERNAL}/register/{token}", {"email": "eve@example.com"})
    assert declined(other) == "token_invalid"


def test_signed_in_the_callback_asks_and_the_answer_links(spa, peer, make):
    account = make.users.account()
    spa.sign_in(account)
    answer = come_back(spa, peer)
    assert answer.location.startswith("/login/provider/link?")
    assert spa.get(EXTERNAL).json == []


def test_links_are_shown_and_taken_away(spa, peer, make):
    account = make.users.account()
    make.providers.link(
        "acme", account.id, subject="upstream-ada", email="ada@acme.example"
    )
    spa.sign_in(account)
    [linked] = spa.get(EXTERNAL).json
    assert linked["provider"] == "acme"
    assert linked["email"] == "ada@acme.example"
    assert linked["configured"] is True
    assert spa.get(f"{EXTERNAL}/acme").json == {"status": "ok", "account": linked}
    assert problem(spa.get(f"{EXTERNAL}/other")) == (404, "no_such_link")
    gone = spa.send("DELETE", f"{EXTERNAL}/acme")
    assert gone.status_code == 204
    assert spa.get(EXTERNAL).json == []
    assert make.records.audited("provider.unlinked") == [("ok", account.id)]
    assert make.records.mail_to(account.email).kind == "provider_unlinked"


def test_a_provider_that_is_switched_off_is_still_shown(spa, peer, make):
    account = make.users.account()
    make.providers.provider("off", name="Off", disabled_at=utcnow())
    make.providers.link("off", account.id)
    spa.sign_in(account)
    [linked] = spa.get(EXTERNAL).json
    assert linked["configured"] is False
    assert problem(spa.get(f"{EXTERNAL}/off/init")) == (404, "no_such_provider")


def test_the_last_way_in_stays(spa, peer, make):
    make.policies.decide(sign_in_methods=["password", "provider"])
    account = make.users.account(password=None)
    make.providers.link("acme", account.id, subject="upstream-ada")
    come_back(spa, peer)
    assert problem(spa.send("DELETE", f"{EXTERNAL}/acme")) == (409, "last_way_in")
    assert len(spa.get(EXTERNAL).json) == 1


def test_unlinking_takes_a_proof_of_the_last_minutes(spa, peer, make, clock):
    account = make.users.account()
    make.providers.link("acme", account.id)
    spa.sign_in(account)
    clock.tick(minutes=11)
    refused = spa.send("DELETE", f"{EXTERNAL}/acme")
    assert problem(refused) == (403, "reauthentication_required")


def test_a_provider_that_is_away_says_so(spa, peer):
    peer.status = 503
    assert problem(spa.get(f"{EXTERNAL}/acme/init")) == (503, "provider_away")
    assert problem(spa.get(f"{EXTERNAL}/nobody/init")) == (404, "no_such_provider")


def test_what_an_account_has_to_have_is_asked_of_who_signs_up(spa, peer, make):
    make.attributes.define("plan", required_at="register")
    make.policies.decide(fields={"phone_number": "required", "gender": "hidden"})
    answer = come_back(spa, peer, sub="eve", email="eve@example.com", name="Eve")
    path, _, query = answer.location.partition("?")
    assert path == "/register/provider"
    register = f"{EXTERNAL}/register/{dict(parse_qsl(query))['identity']}"
    missing = {"phoneNumber": "required", "attributes.plan": "required"}
    assert fields(spa.post(register, {})) == missing
    told = {"phoneNumber": "+44 20 7946 0000", "attributes": {"plan": "paid"}}
    assert fields(spa.post(register, told | {"gender": "f"})) == {
        "gender": "unknown_field"
    }
    answer = spa.post(register, told)
    assert answer.status_code == 200, answer.text
    row = make.records.user_row(make.records.user_id_of("eve@example.com"))
    assert (row["phone_number"], row["attributes"]) == (
        "+44 20 7946 0000",
        {"plan": "paid"},
    )
