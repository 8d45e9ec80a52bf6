"""The devices of an account."""

import pytest

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def signed_in(another_browser, ada):
    """Signs Ada in with a browser of some name, from some address."""

    def sign_in(user_agent=FIREFOX, address="203.0.113.7"):
        made = another_browser()
        made.http.environ_base["HTTP_USER_AGENT"] = user_agent
        made.http.environ_base["REMOTE_ADDR"] = address
        made.sign_in(ada.email, ada.password)
        return made

    return sign_in


def revocations(browser):
    """Return the forms that sign a device out, without the one for all others."""
    browser.open("/account/sessions")
    actions = [form.action for form in browser.page.forms]
    return [a for a in actions if a.endswith("/revoke") and a.count("/") == 4]


def is_signed_in(browser):
    return browser.http.get("/account").status_code == 200


def test_devices_are_listed_with_browser_and_coarse_network(signed_in):
    phone = signed_in(SAFARI, "2001:db8:1:2::3")
    desk = signed_in()
    desk.open("/account/sessions")
    assert "Firefox on Linux" in desk.text
    assert "Safari on iPhone" in desk.text
    assert "203.0.x.x" in desk.text
    assert "2001:db8::/32" in desk.text
    assert "113" not in desk.text
    assert len(revocations(phone)) == 2


def test_the_asking_device_is_first_and_marked(signed_in, clock):
    desk = signed_in()
    clock.tick(minutes=5)
    signed_in(SAFARI)
    desk.open("/account/sessions")
    assert desk.text.count("This device") == 1
    first_row = desk.text.partition("This device")[0]
    assert "Firefox on Linux" in first_row
    assert "Safari" not in first_row


def test_one_device_is_signed_out(signed_in):
    phone, desk = signed_in(SAFARI), signed_in()
    own, others = revocations(desk)
    desk.submit(others)
    assert "That device is signed out." in desk.text
    assert is_signed_in(desk)
    assert not is_signed_in(phone)
    assert revocations(desk) == [own]


def test_signing_this_device_out_is_signing_out(signed_in):
    desk = signed_in()
    (own,) = revocations(desk)
    desk.submit(own)
    assert desk.title == "You’re signed out – idp"
    assert desk.cookie() is None


def test_all_others_are_signed_out(signed_in, make, ada):
    phone, tablet, desk = signed_in(SAFARI), signed_in(SAFARI), signed_in()
    desk.open("/account/sessions")
    desk.submit("/account/sessions/revoke")
    assert "You’re signed out everywhere else." in desk.text
    assert [is_signed_in(b) for b in (phone, tablet, desk)] == [False, False, True]
    assert make.records.audited("session.revoked") == [("ok", ada.id)]


def test_a_single_device_is_not_offered_to_sign_out_others(signed_in):
    desk = signed_in()
    desk.open("/account/sessions")
    assert "everywhere else" not in desk.text


def test_another_persons_device_cannot_be_signed_out(signed_in, make, another_browser):
    desk = signed_in()
    (of_ada,) = revocations(desk)
    grace = make.users.account("grace@example.com")
    other = another_browser()
    other.sign_in(grace.email, grace.password)
    (of_grace,) = revocations(other)
    form = dict(other.page.forms[0].fields)
    other.http.post(of_ada, data=form, headers={"Origin": "https://idp.example"})
    assert is_signed_in(desk)
    assert make.records.audited("session.revoked") == []
    assert of_grace != of_ada


def test_a_device_that_is_signed_out_already_is_no_error(signed_in):
    phone, desk = signed_in(SAFARI), signed_in()
    others = revocations(desk)[1]
    phone.open("/logout")
    phone.submit()
    assert desk.submit(others).status_code == 200


def test_a_session_that_lay_idle_is_not_listed(signed_in, clock):
    signed_in(SAFARI)
    clock.tick(hours=3)
    assert len(revocations(signed_in())) == 1


def test_the_security_page_counts_devices(signed_in):
    signed_in(SAFARI)
    desk = signed_in()
    desk.open("/account/security")
    assert "Signed in on 2 devices" in desk.text
    assert "Last changed on" in desk.text
