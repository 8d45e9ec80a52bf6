"""RFC 8628: the device authorization grant."""

import re

import pytest
from sqlalchemy import select

from idp.core.db import db, table_of
from idp.oauth.models import DeviceCode
from tests.hosted_pages import follow, press, read_page
from tests.oauth.calls import ask_for_device, claims_of, poll, refresh, userinfo
from tests.oauth.devices import Device, answer, connect, type_code

WITH_REFRESH = "openid email offline_access"


@pytest.fixture
def tv(make):
    return make.clients.device_client(client_name="Living room TV")


@pytest.fixture
def device(http, tv):
    return Device(http, tv)


@pytest.fixture
def ada(http, make):
    return make.browsers.sign_in(http, email="ada@example.org")


def test_section_3_1_a_confidential_client_authenticates(http, make):
    client = make.clients.device_client(
        token_endpoint_auth_method="client_secret_basic"
    )
    assert ask_for_device(http, client).status_code == 200
    form = {"client_id": client.client_id}
    refused = http.post("/oauth2/device_authorization", data=form)
    assert (refused.status_code, refused.json["error"]) == (401, "invalid_client")


def test_section_3_1_the_endpoint_takes_a_form_by_post_only(http, tv):
    path = "/oauth2/device_authorization"
    assert http.get(path).status_code == 405
    refused = http.post(path, json={"client_id": tv.client_id})
    assert refused.json["error"] == "invalid_request"


def test_section_3_1_parameters_are_not_repeated(http, tv):
    refused = ask_for_device(http, tv, scope=["openid", "openid"])
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")


def test_section_3_1_unknown_parameters_are_ignored(http, tv):
    assert ask_for_device(http, tv, colour="blue", scope="openid").status_code == 200


def test_section_3_1_only_a_client_of_this_grant_may_ask(http, make):
    refused = ask_for_device(http, make.clients.spa(), scope="openid")
    assert (refused.status_code, refused.json["error"]) == (400, "unauthorized_client")


@pytest.mark.parametrize("scope", ["unheard-of", 'a"b'])
def test_section_3_1_a_scope_of_which_nothing_is_left_is_refused(http, tv, scope):
    refused = ask_for_device(http, tv, scope=scope)
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_scope")


def test_section_3_2_the_response_has_each_member(http, tv):
    response = ask_for_device(http, tv, scope="openid")
    told = response.json
    assert told["verification_uri"] == "https://idp.example/device"
    complete = f"https://idp.example/device?user_code={told['user_code']}"
    assert told["verification_uri_complete"] == complete
    assert (told["expires_in"], told["interval"]) == (900, 5)
    assert len(told["device_code"]) >= 22
    assert response.headers["Cache-Control"] == "no-store"


def test_section_3_3_the_person_signs_in_first(http, make, device):
    path = f"/device?user_code={device.user_code}"
    asked = http.get(path)
    assert asked.location.startswith("/login?return_to=%2Fdevice%3Fuser_code%3D")
    make.browsers.sign_in(http)
    assert device.user_code in http.get(path).text
    assert device.error() == "authorization_pending"


def test_section_3_3_1_a_complete_uri_still_needs_the_persons_confirmation(
    http, ada, device
):
    page = http.get(f"/device?user_code={device.user_code}")
    assert f'value="{device.user_code}"' in page.text
    assert "Yes, connect" not in page.text
    assert device.error() == "authorization_pending"
    question = follow(http, press(http, page))
    assert device.user_code in read_page(question).text
    connected = follow(http, press(http, question, decision="allow"))
    assert "Your device is connected" in connected.text
    assert device.poll().status_code == 200


def test_section_3_4_tokens_come_for_who_answered(http, ada, device):
    connect(http, device)
    tokens = device.poll().json
    assert claims_of(http, tokens["id_token"])["sub"] == ada.user_id
    assert userinfo(http, tokens["access_token"]).json["sub"] == ada.user_id


def test_section_3_4_the_device_code_is_required(http, tv):
    refused = poll(http, tv, "")
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")


def test_section_3_4_a_confidential_client_authenticates_to_poll(http, make, ada):
    client = make.clients.device_client(
        token_endpoint_auth_method="client_secret_basic"
    )
    device = Device(http, client)
    connect(http, device)
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "client_id": client.client_id,
        "device_code": device.told["device_code"],
    }
    assert http.post("/oauth2/token", data=form).json["error"] == "invalid_client"
    assert device.poll().status_code == 200


def test_section_3_4_a_code_is_worth_nothing_to_another_client(http, make, ada, device):
    connect(http, device)
    stranger = make.clients.device_client()
    refused = poll(http, stranger, device.told["device_code"])
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_grant")
    assert device.poll().status_code == 200


def test_section_3_5_it_is_pending_until_the_person_answers(clock, http, ada, device):
    assert device.error() == "authorization_pending"
    clock.tick(seconds=5)
    type_code(http, device.user_code)
    assert device.error() == "authorization_pending"


def test_section_3_5_polling_too_fast_makes_the_interval_five_seconds_longer(
    clock, device
):
    assert device.error() == "authorization_pending"
    clock.tick(seconds=3)
    assert device.error() == "slow_down"
    clock.tick(seconds=8)
    assert device.error() == "slow_down"
    clock.tick(seconds=15)
    assert device.error() == "authorization_pending"


def test_section_3_5_a_device_that_keeps_to_the_interval_is_never_slowed(clock, device):
    for _poll in range(20):
        assert device.error() == "authorization_pending"
        clock.tick(seconds=5)


def test_section_3_5_the_answer_is_told_at_once_however_fast_it_polls(
    http, ada, device
):
    assert device.error() == "authorization_pending"
    connect(http, device)
    assert device.poll().status_code == 200


def test_section_3_5_no_is_access_denied(http, ada, device):
    page = answer(http, device, "deny")
    assert "Your device is not connected" in page.text
    assert device.error() == "access_denied"


def test_section_3_5_an_old_code_is_an_expired_token(clock, http, ada, device):
    clock.tick(seconds=900)
    assert device.error() == "expired_token"
    assert "code isn’t right" in type_code(http, device.user_code).text


def test_section_3_5_an_unanswered_page_expires_too(clock, http, ada, device):
    page = type_code(http, device.user_code)
    clock.tick(seconds=900)
    late = follow(http, press(http, page, decision="allow"))
    assert "That code has expired" in late.text
    assert device.error() == "expired_token"


def test_section_3_5_a_code_gives_tokens_once(http, ada, device):
    connect(http, device)
    assert device.poll().status_code == 200
    assert device.error() == "invalid_grant"


def test_section_4_the_endpoint_and_the_grant_are_announced(http):
    told = http.get("/.well-known/oauth-authorization-server").json
    path = "https://idp.example/oauth2/device_authorization"
    assert told["device_authorization_endpoint"] == path
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    assert grant in told["grant_types_supported"]


def test_section_5_1_guesses_of_a_code_are_limited(http, ada, device):
    for _guess in range(20):
        refused = type_code(http, "BBBB-BBBB")
        assert "code isn’t right" in refused.text
    limited = type_code(http, device.user_code)
    assert limited.status_code == 429
    assert int(limited.headers["Retry-After"]) > 0
    assert "Too many tries" in limited.text


def test_section_5_1_mistakes_in_form_are_no_guesses(http, ada, device):
    for _slip in range(30):
        type_code(http, "not a code")
    assert "Yes, connect" in type_code(http, device.user_code).text


def test_section_5_2_device_codes_cannot_be_guessed(http, tv):
    codes = {Device(http, tv).told["device_code"] for _ in range(3)}
    assert len(codes) == 3
    assert all(len(code) == 43 for code in codes)


def test_section_5_4_the_person_is_told_what_asks_when_and_from_where(
    http, ada, device
):
    page = read_page(type_code(http, device.user_code)).text
    assert "Living room TV" in page
    assert "127.0.x.x" in page
    assert "Is this code on your device’s screen?" in page
    assert "ada@example.org" in page


def test_section_5_5_neither_code_is_stored_as_it_is(app, device):
    with app.app_context():
        kept = str(db.session.execute(select(table_of(DeviceCode))).one())
    assert device.told["device_code"] not in kept
    assert device.user_code.replace("-", "") not in kept


def test_section_6_1_user_codes_are_short_and_make_no_words(http, tv):
    assert re.fullmatch(
        "[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}",
        Device(http, tv).user_code,
    )


@pytest.mark.parametrize(
    "typed", ["{0}", "{1}", " {2} ", "{3}"], ids=["as shown", "plain", "lower", "odd"]
)
def test_section_6_1_case_and_punctuation_make_no_difference(http, ada, device, typed):
    shown = device.user_code
    plain = shown.replace("-", "")
    text = typed.format(shown, plain, shown.lower(), ".".join(plain.lower()))
    assert "Yes, connect" in type_code(http, text).text


def test_rfc_8707_2_resources_become_the_audience(http, make, ada):
    api = "https://api.example"
    device = Device(http, make.clients.device_client(apis=[api]), resource=api)
    connect(http, device)
    tokens = device.poll().json
    assert claims_of(http, tokens["access_token"])["aud"] == api
    refused = ask_for_device(http, make.clients.device_client(), resource="not a uri")
    assert refused.json["error"] == "invalid_target"


def test_rfc_6749_6_the_device_refreshes(http, tv, ada):
    device = Device(http, tv, scope=WITH_REFRESH)
    connect(http, device)
    tokens = device.poll().json
    assert tokens["scope"] == WITH_REFRESH
    again = refresh(http, tv, tokens["refresh_token"])
    assert claims_of(http, again.json["id_token"])["sub"] == ada.user_id
