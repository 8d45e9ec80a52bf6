"""What people do with an account that they have: move, tidy up, leave."""

import pytest

from idp.accounts.lifecycle.deletion import erase_due
from tests.browsing import Browser
from tests.make_users import PASSWORD
from tests.rp import RelyingParty

ADA = "ada@example.com"
NEW = "countess@example.com"


@pytest.fixture
def browser(app, http):
    """The person's browser; ``http`` has set the client that goes to the issuer."""
    return Browser(app)


@pytest.fixture
def ada(browser, make):
    """Ada, who has just signed in."""
    account = make.users.account(ADA)
    browser.sign_in(ADA, PASSWORD)
    return account


@pytest.fixture
def notes(browser, make):
    """An app that keeps people signed in."""
    client = make.clients.client(client_name="Notes", scope="openid email")
    return RelyingParty(browser.http, client, scope="openid email")


def use(browser, notes):
    """Sign in at the app, allow what it asks for; return its tokens."""
    browser.follow(notes.ask())
    return notes.finish(browser.follow(browser.send(decision="allow"))).tokens


def refreshes(notes, tokens):
    """Tell whether the app's refresh token still works."""
    answer = notes.ask_for_tokens(
        grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    )
    return answer.status_code == 200


def test_a_name_that_is_typed_is_the_name_that_apps_are_told(browser, make, ada):
    client = make.clients.client(scope="openid profile")
    app = RelyingParty(browser.http, client, scope="openid profile")
    browser.open("/account/profile")
    browser.submit("/account/profile", name="Ada Lovelace", website="not an address")
    assert browser.title.startswith("Error: ")
    assert dict(browser.page.forms[0].fields)["name"] == "Ada Lovelace"
    browser.submit("/account/profile", website="")
    tokens = use(browser, app)
    header = {"Authorization": f"Bearer {tokens['access_token']}"}
    told = app.back_channel.get("/oauth2/userinfo", headers=header).json
    assert told["name"] == "Ada Lovelace"


def test_somebody_moves_to_another_address_and_back(browser, make, app, ada):
    browser.open("/account/email")
    browser.submit("/account/email", new_email=NEW)
    assert make.records.user_row(ada.id)["email"] == ADA
    browser.open(make.records.mail_to(NEW).link)
    browser.submit()
    assert make.records.user_row(ada.id)["email"] == NEW

    owner = Browser(app)
    owner.open(make.records.mail_to(ADA).link)
    owner.submit()
    assert owner.title == "Set a new password – idp"
    assert make.records.user_row(ada.id)["email"] == ADA
    browser.open("/account")
    assert browser.response.request.path == "/login"


def test_a_phone_that_was_lost_is_signed_out_from_afar(browser, make, app, ada):
    phone = Browser(app)
    phone.sign_in(ADA, PASSWORD)
    notes = RelyingParty(phone.http, make.clients.client(scope="openid"))
    tokens = use(phone, notes)
    browser.open("/account/sessions")
    browser.submit("/account/sessions/revoke")
    assert "You’re signed out everywhere else." in browser.text
    phone.open("/account")
    assert phone.response.request.path == "/login"
    assert not refreshes(notes, tokens)
    assert "signed out" in browser.open("/account/activity").text


def test_an_app_that_is_no_longer_wanted_has_to_ask_again(browser, ada, notes):
    tokens = use(browser, notes)
    assert "Notes" in browser.open("/account/apps").text
    (revoke,) = [f for f in browser.page.forms if f.action.endswith("/revoke")]
    browser.submit(revoke.action)
    assert "That app can’t use your account any more." in browser.text
    assert not refreshes(notes, tokens)
    browser.follow(notes.ask())
    assert "Notes wants to use your idp account" in browser.text


def test_somebody_leaves_thinks_better_of_it_and_leaves_for_good(
    browser, make, ada, notes, clock
):
    use(browser, notes)
    browser.open("/account/data")
    exported = browser.send("/account/data/export").json
    assert ADA in str(exported)

    def leave():
        browser.open("/account/data")
        browser.submit("/account/data/delete", confirm_email=ADA)
        assert "Your account will be deleted" in browser.text

    leave()
    browser.open(make.records.mail_to(ADA).link)
    browser.submit()
    assert "Your account stays" in browser.text
    browser.sign_in(ADA, PASSWORD)
    leave()
    clock.tick(days=14, seconds=1)
    with make.users.app.app_context():
        assert erase_due() == 1
    browser.sign_in(ADA, PASSWORD)
    assert "The email or password isn’t right." in browser.text
