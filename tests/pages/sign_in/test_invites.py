"""/invite: where the link of an invite leads, in whichever browser it is opened."""

from urllib.parse import urlencode

import pytest

from tests.make_users import PASSWORD

GRACE = "grace@example.com"


@pytest.fixture
def invite(make):
    """Return a function that invites Grace and returns the path of the link."""
    ada = make.users.account("ada@example.com", name="Ada Lovelace", roles=["support"])
    return lambda **more: make.invites.invite(GRACE, by=ada.id, **more)


def page_of(link):
    return {"return_to": link}


def test_the_link_of_a_mail_makes_the_account_and_asks_how_to_go_on(
    browser, make, invite
):
    browser.open(invite())
    assert "Ada Lovelace invites you" in browser.text
    assert f"The invite is for {GRACE}" in browser.text
    browser.submit("/invite", name="Grace")
    assert browser.title.startswith("You’re in.")
    row = make.records.user_row(make.records.user_id_of(GRACE))
    assert (row["name"], row["password_hash"]) == ("Grace", None)
    assert row["email_verified_at"] is not None
    browser.open("/account/password?return_to=/invite/welcome")
    browser.submit("/account/password", password=PASSWORD)
    assert browser.response.request.path == "/account"


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_REGISTER_IP": "1/hour"}])
def test_accounts_that_invites_make_count_as_any_sign_up(
    browser, another_browser, make, invite
):
    browser.open(invite())
    browser.submit("/invite")
    another = another_browser()
    another.open(make.invites.invite("bob@example.com"))
    another.submit("/invite")
    assert another.response.status_code == 429
    assert make.records.user_id_of("bob@example.com") is None


def test_looking_at_a_link_answers_nothing(browser, make, invite):
    link = invite()
    for _ in range(2):
        browser.open(link)
    assert make.records.user_id_of(GRACE) is None
    assert make.records.audited("invite.accepted") == []


def test_a_link_that_was_handed_over_leads_to_sign_up_and_back(browser, make, invite):
    link = invite(send=False)
    browser.open(link)
    assert [f.action for f in browser.page.forms] == ["/invite/decline"]
    browser.open(f"/register?{urlencode(page_of(link))}")
    fields = browser.page.forms[0].fields
    assert dict(fields)["email"] == GRACE
    browser.submit(password=PASSWORD)
    browser.submit("/email-verification", code=make.records.mail_to(GRACE).code)
    assert browser.response.request.path == "/invite"
    browser.submit("/invite")
    assert browser.response.request.path == "/account"
    assert make.records.audited("invite.accepted") == [
        ("ok", make.records.user_id_of(GRACE))
    ]


def test_a_handed_link_looks_the_same_with_and_without_an_account(
    browser, make, invite
):
    link = invite(send=False)
    browser.open(link)
    before = browser.text
    make.users.account(GRACE)
    browser.open(link)
    assert browser.text == before


def test_who_has_the_address_signs_in_and_joins(browser, make, invite):
    grace = make.users.account(GRACE)
    link = invite()
    browser.open(link)
    assert "Sign in to join" in browser.text
    assert "Create an account" not in browser.text
    browser.open(f"/login?{urlencode(page_of(link))}")
    browser.submit(username=GRACE, password=grace.password)
    assert browser.response.request.path == "/invite"
    browser.submit("/invite")
    assert browser.response.request.path == "/account"
    assert make.records.audited("invite.accepted") == [("ok", grace.id)]


def test_who_is_signed_in_as_another_is_led_to_switch(browser, make, invite):
    make.users.account(GRACE)
    other = make.users.account("other@example.com")
    browser.sign_in(other.email, other.password)
    browser.open(invite())
    assert "You are signed in as other@example.com" in browser.text
    assert "Switch account" in browser.text
    assert "/invite" not in [f.action for f in browser.page.forms]


def test_among_several_accounts_the_invited_one_is_chosen(browser, make, invite):
    grace = make.users.account(GRACE)
    other = make.users.account("other@example.com")
    make.browsers.sign_in(browser.http, person=other)
    make.browsers.further(browser.http, grace)
    link = invite()
    browser.open(link)
    assert "/login/select?" in browser.response.text
    browser.open(f"/login/select?{urlencode(page_of(link))}")
    browser.submit("/login/select", account=grace.id)
    browser.submit("/invite")
    assert make.records.audited("invite.accepted") == [("ok", grace.id)]


def test_a_new_account_joins_beside_who_is_signed_in(browser, make, invite):
    other = make.users.account("other@example.com")
    browser.sign_in(other.email, other.password)
    browser.open(invite())
    assert "other@example.com stays signed in" in browser.text
    browser.submit("/invite")
    assert browser.title.startswith("You’re in.")
    browser.open("/login/select")
    assert {GRACE, other.email} <= set(browser.text.split())


def test_an_unproven_address_is_proven_first(browser, make, invite):
    grace = make.users.account(GRACE, email_verified=False)
    browser.sign_in(GRACE, grace.password)
    browser.open(invite())
    assert browser.response.request.path == "/email-verification"


def test_who_has_a_factor_to_show_shows_it_first(browser, make, invite):
    grace = make.users.account(GRACE)
    make.users.hand_out_password(grace)
    make.browsers.sign_in(browser.http, person=grace)
    browser.open(invite())
    assert browser.response.request.path == "/account/password"


@pytest.mark.usefixtures("clock")
def test_an_expired_invite_says_whom_to_ask(browser, invite, clock):
    link = invite()
    clock.tick(days=7)
    assert browser.open(link).status_code == 400
    assert "This invite has expired" in browser.text
    assert "Ask Ada Lovelace for a new invite" in browser.text


def test_declining_is_said_and_final(browser, make, invite):
    link = invite()
    browser.open(link)
    browser.submit("/invite/decline")
    assert "You declined this invite" in browser.text
    browser.open(link)
    assert [f.action for f in browser.page.forms] == []
    assert make.records.user_id_of(GRACE) is None


@pytest.mark.parametrize("token", ["", "made-up", "é", "%00", "a" * 3000])
def test_a_link_that_is_none_says_so(browser, token):
    assert browser.open(f"/invite?token={token}").status_code == 400
    assert "This link doesn’t work any more" in browser.text


def test_names_are_text_on_the_page(browser, make):
    hostile = make.users.account(name="<a href=//evil.example>Ada</a>")
    browser.open(make.invites.invite(GRACE, by=hostile.id))
    assert "&lt;a href=" in browser.response.text
    assert "<a href=//evil" not in browser.response.text


@pytest.mark.parametrize("environ", [{"IDP_REGISTRATION_NAME": "required"}])
def test_a_name_that_the_server_wants_is_asked_for_whatever_owners_say(
    browser, make, environ
):
    by = make.users.account()
    place = make.organizations.organization(by)
    browser.open(make.invites.invite(GRACE, by=by.id, into=place))
    for decided in (None, {"name": "optional"}, {"name": "hidden"}):
        make.policies.decide("owners", place, fields=decided)
        browser.submit("/invite", name="")
        assert make.records.user_id_of(GRACE) is None
    make.policies.decide("organization", place, fields={"name": "optional"})
    make.policies.decide("owners", place, fields=None)
    browser.submit("/invite", name="")
    assert make.records.user_id_of(GRACE)
