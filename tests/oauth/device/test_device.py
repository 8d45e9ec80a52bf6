"""/device: who may answer for a device, and what an answer is worth."""

import pytest
from sqlalchemy import delete, select

from idp.accounts.models import User
from idp.core.db import db
from idp.oauth.clients.changes import disable_client
from idp.oauth.device.user_codes import parse_user_code, shown_user_code
from idp.oauth.models import Client, Consent, DeviceCode
from tests.hosted_pages import follow, press, read_page
from tests.oauth.calls import claims_of, refresh, userinfo
from tests.oauth.devices import Device, answer, connect, type_code

PAGE = {"Accept": "text/html"}
SCOPE = "openid email offline_access"


@pytest.fixture
def tv(make):
    return make.clients.device_client(client_name="Living room TV", scope=SCOPE)


@pytest.fixture
def device(http, tv):
    return Device(http, tv, scope=SCOPE)


@pytest.fixture
def ada(http, make):
    return make.browsers.sign_in(http, email="ada@example.org")


def remembered(app) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.scalars(select(Consent)).all()
        return [(row.scope, row.declined_scope) for row in rows]


@pytest.mark.parametrize(
    "typed", ["", "ABCDEFGH", "BCDF", "BCDFGHJKL", "BCDF-GHJÄ", "\0", "б" * 8]
)
def test_other_texts_are_no_codes(typed):
    assert parse_user_code(typed) is None


def test_a_code_is_read_as_it_is_shown():
    assert parse_user_code(shown_user_code("BCDFGHJK")) == "BCDFGHJK"


def test_the_page_says_what_the_app_will_be_able_to_do(http, ada, device):
    page = read_page(type_code(http, device.user_code)).text
    assert "ada@example.org (verified)" in page
    assert "Keep this access while you’re away" in page


API, OTHER = "https://api.example", "https://other.example"


@pytest.fixture
def notes_tv(make):
    """A device that may ask for tokens for two APIs, and asks for one by itself."""
    described = {"read": {"en": "Read your notes"}, "write": {"en": "Write notes"}}
    make.clients.api(API, name="Notes API", scopes=described)
    make.clients.api(OTHER, name="Mail API")
    return make.clients.device_client(
        scope="openid", apis=[API, OTHER], default_resource=API
    )


@pytest.mark.parametrize("asked", [{"resource": API}, {}])
def test_the_page_names_the_api_that_tokens_are_for(http, ada, notes_tv, asked):
    device = Device(http, notes_tv, scope="openid read", **asked)
    page = type_code(http, device.user_code)
    for words in ("Act for you at Notes API", API, "Read your notes"):
        assert words in read_page(page).text
    for words in ("Mail API", OTHER, "Write notes"):
        assert words not in read_page(page).text
    follow(http, press(http, page, decision="allow"))
    claims = claims_of(http, device.poll().json["access_token"])
    assert (claims["aud"], claims["scope"]) == (API, "read")


def test_an_api_that_was_not_named_before_is_new_on_the_page(app, http, ada, notes_tv):
    connect(http, Device(http, notes_tv, scope="openid", resource=API))
    device = Device(http, notes_tv, scope="openid", resource=OTHER)
    page = read_page(type_code(http, device.user_code))
    assert "Act for you at Mail API" in page.text
    assert "New" in page.text
    connect(http, device)
    with app.app_context():
        assert db.session.scalars(select(Consent.resources)).all() == [[API, OTHER]]
    again = Device(http, notes_tv, scope="openid", resource=OTHER)
    assert "New" not in read_page(type_code(http, again.user_code)).text


def test_a_yes_is_remembered_and_seen_under_connected_apps(app, http, ada, device):
    connect(http, device)
    assert remembered(app) == [("email offline_access openid", "")]
    assert "Living room TV" in http.get("/account/apps", headers=PAGE).text
    assert "A device was connected" in http.get("/account/activity", headers=PAGE).text


def test_what_is_left_out_the_device_does_not_get(app, http, ada, device):
    page = type_code(http, device.user_code)
    form = read_page(page).forms[0]
    fields = {k: v for k, v in form.fields if not k.startswith("keep-")}
    origin = {"Origin": "https://idp.example"}
    http.post("/device", data=fields | {"decision": "allow"}, headers=origin)
    assert device.poll().json["scope"] == "openid email"
    assert remembered(app) == [("email openid", "offline_access")]


def test_an_app_of_the_operators_own_asks_only_whose_the_code_is(app, http, ada, tv):
    with app.app_context():
        db.session.get_one(Client, tv.client_id).first_party = True
        db.session.commit()
    device = Device(http, tv, scope=SCOPE)
    page = type_code(http, device.user_code)
    assert "Is this code on your device’s screen?" in page.text
    assert "This app will be able to" not in page.text
    follow(http, press(http, page, decision="allow"))
    assert device.poll().json["scope"] == SCOPE
    assert remembered(app) == []


def test_an_answer_counts_once(http, ada, device):
    page = type_code(http, device.user_code)
    press(http, page, decision="deny")
    late = follow(http, press(http, page, decision="allow"))
    assert "Your device is not connected" in late.text
    assert device.error() == "access_denied"


def test_who_has_not_typed_the_code_cannot_answer(app, http, make, ada, device):
    page = type_code(http, device.user_code)
    other = app.test_client()
    make.browsers.sign_in(other)
    form = dict(read_page(other.get("/device")).forms[0].fields)
    fields = form | {"user_code": device.user_code, "decision": "allow"}
    origin = {"Origin": "https://idp.example"}
    answered = follow(other, other.post("/device", data=fields, headers=origin))
    assert "Yes, connect" not in answered.text
    assert device.error() == "authorization_pending"
    follow(http, press(http, page, decision="allow"))
    assert device.poll().status_code == 200


def test_of_two_who_type_a_code_the_last_may_answer(app, http, make, ada, device):
    first = type_code(http, device.user_code)
    other = app.test_client()
    grace = make.browsers.sign_in(other)
    second = type_code(other, device.user_code)
    follow(http, press(http, first, decision="allow"))
    assert device.error() == "authorization_pending"
    follow(other, press(other, second, decision="allow"))
    tokens = device.poll().json
    assert userinfo(http, tokens["access_token"]).json["sub"] == grace.user_id


def test_another_account_can_be_chosen_and_comes_back_to_the_code(http, ada, device):
    page = read_page(type_code(http, device.user_code))
    [switch] = [link for link in page.links if "switch=1" in link]
    fields = dict(read_page(http.get(switch)).forms[0].fields)
    assert fields["return_to"] == f"/device?user_code={device.user_code}"


def test_reloading_a_page_shows_where_the_device_stands(http, ada, device):
    path = f"/device?user_code={device.user_code}"
    type_code(http, device.user_code)
    assert "Yes, connect" in http.get(path).text
    connect(http, device)
    assert "Your device is connected" in http.get(path).text


def test_an_unconfirmed_address_comes_first(app, http, ada, device):
    with app.app_context():
        db.session.get_one(User, ada.user_id).email_verified_at = None
        db.session.commit()
    asked = http.get(f"/device?user_code={device.user_code}")
    assert asked.location.startswith("/email-verification?return_to=%2Fdevice")


def test_without_offline_access_the_grant_ends_with_the_session(http, make, ada, tv):
    device = Device(http, tv, scope="openid")
    connect(http, device)
    token = device.poll().json["refresh_token"]
    press(http, http.get("/logout"))
    assert refresh(http, tv, token).json["error"] == "invalid_grant"


def test_with_offline_access_the_device_stays_connected(http, ada, device, tv):
    connect(http, device)
    token = device.poll().json["refresh_token"]
    press(http, http.get("/logout"))
    assert refresh(http, tv, token).status_code == 200


def test_access_that_was_taken_back_before_the_device_came_for_it_is_gone(
    http, ada, device, tv
):
    connect(http, device)
    apps = http.get("/account/apps", headers=PAGE)
    revoke = f"/account/apps/{tv.client_id}/revoke"
    token = dict(read_page(apps).forms[-1].fields)
    http.post(revoke, data=token, headers={"Origin": "https://idp.example"})
    assert device.error() == "invalid_grant"


def test_a_switched_off_app_connects_nothing(app, http, ada, device, tv):
    page = type_code(http, device.user_code)
    with app.app_context():
        disable_client(tv.client_id)
        db.session.commit()
    after = follow(http, press(http, page, decision="allow"))
    assert "Your device is connected" not in after.text
    assert device.poll().json["error"] == "invalid_client"


def test_a_device_of_a_closed_account_gets_nothing(app, http, ada, device):
    connect(http, device)
    with app.app_context():
        db.session.get_one(User, ada.user_id).status = "disabled"
        db.session.commit()
    assert device.error() == "invalid_grant"


def test_a_button_that_is_none_changes_nothing(http, ada, device):
    page = type_code(http, device.user_code)
    again = follow(http, press(http, page, decision="perhaps"))
    assert "Yes, connect" in again.text
    assert device.error() == "authorization_pending"


def test_a_no_is_in_the_persons_activity(http, ada, device):
    answer(http, device, "deny")
    activity = http.get("/account/activity", headers=PAGE)
    assert "A device was turned away" in activity.text


def test_an_app_that_wants_a_recent_sign_in_gets_one(http, make, clock):
    ada = make.browsers.sign_in(http, email="ada@example.org")
    device = Device(
        http, make.clients.device_client(default_max_age=60), scope="openid"
    )
    clock.tick(minutes=2)
    page = type_code(http, device.user_code)
    assert "Yes, connect" not in page.text
    assert "Confirm it’s you" in page.text
    question = follow(http, press(http, page, password=ada.person.password))
    follow(http, press(http, question, decision="allow"))
    assert device.poll().status_code == 200


def test_a_page_that_was_open_for_too_long_connects_nothing(http, make, clock):
    make.browsers.sign_in(http)
    device = Device(
        http, make.clients.device_client(default_max_age=60), scope="openid"
    )
    question = type_code(http, device.user_code)
    clock.tick(minutes=2)
    follow(http, press(http, question, decision="allow"))
    assert device.error() == "authorization_pending"


def test_who_answers_a_device_that_no_longer_waits_is_told_what_to_do(
    app, http, ada, device
):
    page = type_code(http, device.user_code)
    with app.app_context():
        db.session.execute(delete(DeviceCode))  # newer ones of its network came
        db.session.commit()
    told = read_page(press(http, page, decision="allow")).text
    assert "This code doesn’t count any more. Get a new one on your device." in told
    assert (
        "or get a new one there." in read_page(type_code(http, device.user_code)).text
    )
