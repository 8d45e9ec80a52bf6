"""Several accounts in one browser: added, chosen, switched between, signed out of."""

import pytest
from sqlalchemy import text

from idp.core.db import db
from tests.browsing import Browser
from tests.make_users import PASSWORD
from tests.rp import RelyingParty

MORE = "__Host-idp-more"


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com", name="Ada Lovelace")


@pytest.fixture
def bob(make):
    return make.users.account("bob@example.com", name="Bob Noyce")


@pytest.fixture
def both(browser, ada, bob):
    """A browser with Ada's account and Bob's, who signed in last."""
    browser.sign_in(ada.email, PASSWORD)
    add(browser, bob)
    return browser


def add(browser, person, **typed):
    browser.open("/login?switch=1")
    return browser.submit(username=person.email, password=PASSWORD, **typed)


def choose(browser, person):
    browser.open("/login/select")
    return browser.submit("/login/select", account=person.id)


def end_other_devices(browser):
    browser.open("/account/sessions")
    browser.submit("/account/sessions/revoke")


def leave(browser, whom):
    browser.open("/login/select")
    return browser.submit("/login/select", sign_out=whom)


def active(browser):
    """Return whose account page the browser opens."""
    browser.open("/account")
    if browser.response.request.path != "/account":
        return None
    return next(name for name in ("ada", "bob", "eve") if f"{name}@" in browser.text)


def live_sessions(app):
    with app.app_context():
        live = text("SELECT user_id FROM browser_sessions WHERE ended_at IS NULL")
        return sorted(db.session.scalars(live))


def test_who_signs_in_here_too_leaves_the_other_to_go_back_to(both, app, ada, bob):
    assert active(both) == "bob"
    assert live_sessions(app) == sorted([ada.id, bob.id])
    choose(both, ada)
    assert active(both) == "ada"
    assert live_sessions(app) == sorted([ada.id, bob.id])


def test_the_chooser_shows_all_with_name_and_address(both, ada, bob):
    both.open("/login/select")
    for words in ("Ada Lovelace", ada.email, "Bob Noyce", bob.email):
        assert words in both.text
    assert both.text.count("Active account") == 1
    assert any(link.startswith("/login?") for link in both.page.links)


def test_both_tokens_are_new_after_a_switch(both, app, ada):
    before = both.cookie(), both.cookie(MORE)
    choose(both, ada)
    after = both.cookie(), both.cookie(MORE)
    assert not {*before} & {*after}
    for token in before:
        thief = Browser(app)
        thief.use_cookie(token)
        assert active(thief) is None


def test_a_session_keeps_its_proofs_and_its_end_over_a_switch(both, app, ada, clock):
    def ends():
        with app.app_context():
            kept = text("SELECT id, expires_at, auth_time FROM browser_sessions")
            return {tuple(row) for row in db.session.execute(kept)}

    before = ends()
    clock.tick(minutes=30)
    choose(both, ada)
    assert ends() == before


def test_who_signs_in_again_is_there_once(both, app, ada, bob):
    add(both, ada)
    assert active(both) == "ada"
    assert live_sessions(app) == sorted([ada.id, bob.id])
    assert len(both.cookie(MORE).split(".")) == 1


def test_the_one_used_longest_ago_ends_when_there_are_more_than_five(
    browser, app, make
):
    people = [make.users.account() for _ in range(6)]
    for person in people:
        add(browser, person)
    assert live_sessions(app) == sorted(person.id for person in people[1:])
    browser.open("/login/select")
    assert people[0].email not in browser.text
    assert all(person.email in browser.text for person in people[1:])


def test_who_is_signed_out_elsewhere_is_not_shown(both, app, ada, bob):
    elsewhere = Browser(app)
    elsewhere.sign_in(ada.email, PASSWORD)
    end_other_devices(elsewhere)
    both.open("/login/select")
    assert bob.email in both.text
    assert ada.email not in both.text


def test_a_disabled_user_is_not_shown_and_cannot_be_chosen(both, make, ada):
    both.open("/login/select")
    make.users.set_status(ada, "disabled")
    both.submit("/login/select", account=ada.id)
    assert ada.email not in both.text
    assert active(both) == "bob"


def test_signing_out_of_one_leaves_the_other(both, app, ada, bob):
    leave(both, ada.id)
    assert live_sessions(app) == [bob.id]
    assert active(both) == "bob"
    assert both.cookie(MORE) is None


def test_signing_out_of_the_active_one_makes_nobody_else_active(both, app, ada, bob):
    leave(both, bob.id)
    assert live_sessions(app) == [ada.id]
    assert both.response.request.path == "/login/select"
    assert active(both) is None
    assert both.response.request.path == "/login/select", (
        "the sign-in offers who is left"
    )
    both.submit("/login/select", account=ada.id)
    assert active(both) == "ada"


def test_signing_out_of_all_ends_all(both, app):
    leave(both, "all")
    assert "You’re signed out" in both.text
    assert live_sessions(app) == []
    assert both.cookie() is None
    assert both.cookie(MORE) is None


def test_the_page_of_signing_out_asks_of_which(both, app, ada, bob):
    both.open("/logout")
    assert "Sign out of all accounts" in both.text
    both.submit("/logout")
    assert live_sessions(app) == [ada.id]
    assert both.response.request.path == "/login/select"
    choose(both, ada)
    add(both, bob)
    both.open("/logout")
    both.submit("/logout", all="1")
    assert live_sessions(app) == []


def test_signing_out_everywhere_is_of_one_account(both, app, ada, bob):
    elsewhere = Browser(app)
    elsewhere.sign_in(bob.email, PASSWORD)
    end_other_devices(both)
    assert live_sessions(app) == sorted([ada.id, bob.id])
    assert active(both) == "bob"


def test_a_link_that_ends_one_account_leaves_the_other(both, app, make, ada, bob):
    elsewhere = Browser(app)
    elsewhere.sign_in(ada.email, PASSWORD)
    both.open(make.records.mail_to(ada.email).link)
    both.submit()
    assert both.title == "Set a new password – idp"
    assert live_sessions(app) == [bob.id]
    assert active(both) == "bob"


def test_a_new_password_of_one_leaves_the_other(both, app, ada, bob):
    both.open("/account/password")
    both.submit(
        "/account/password",
        current_password=PASSWORD,
        new_password="nine loud otters in the rain",
    )
    assert live_sessions(app) == sorted([ada.id, bob.id])
    choose(both, ada)
    assert active(both) == "ada"


def test_what_is_due_of_an_account_stays_due(both, make, ada):
    make.users.hand_out_password(ada)
    choose(both, ada)
    assert both.response.request.path == "/account/password"


def test_who_is_left_alone_finds_the_way_to_a_second_account(both, make, ada):
    make.users.disable(ada.id)
    both.open("/account")
    assert "/login/select" in both.page.links
    both.open("/login/select")
    assert both.response.request.path == "/login/select"
    assert any("switch=1" in link for link in both.page.links)


@pytest.mark.parametrize("page", ["/login/link", "/register"])
def test_a_second_account_is_added_by_mail_or_made_from_the_page(browser, ada, page):
    browser.sign_in(ada.email, PASSWORD)
    browser.open("/login?switch=1")
    browser.open(next(link for link in browser.page.links if link.startswith(page)))
    assert browser.response.request.path == page
    assert ada.email not in str(browser.page.forms)
    browser.open(next(link for link in browser.page.links if "/login?" in link))
    assert browser.response.request.path == "/login"


def test_the_consent_page_leads_to_the_others(both, make, ada, bob):
    app = RelyingParty(both.http, make.clients.spa(scope="openid"))
    both.follow(app.ask())
    [there] = [link for link in both.page.links if link.startswith("/login/select?")]
    both.open(there)
    both.submit("/login/select", account=ada.id)
    assert both.response.request.path == "/consent"
    assert ada.email in both.text


def test_a_switch_is_in_the_log_of_who_goes_on(both, make, ada):
    choose(both, ada)
    assert make.records.audited("account.switched") == [("ok", ada.id)]
    both.open("/account/activity")
    assert "Switched to this account" in both.text


def test_a_switch_takes_a_token_of_the_page(both, ada):
    forged = both.http.post(
        "/login/select",
        data={"account": ada.id},
        headers={"Origin": "https://evil.example"},
    )
    assert forged.status_code == 403
    assert both.http.get(f"/login/select?account={ada.id}").status_code == 200
    assert active(both) == "bob"


def test_a_switch_goes_back_to_where_it_was_asked_for(both, ada):
    both.open("/login/select?return_to=/account/security")
    both.submit("/login/select", account=ada.id)
    assert both.response.request.path == "/account/security"
    both.open("/login/select?return_to=https://evil.example/")
    both.submit("/login/select", account=ada.id)
    assert both.response.request.path == "/account"


def test_administration_is_for_the_active_account_alone(both, make):
    eve = make.users.account("eve@example.com", roles=["owner"])
    add(both, eve)
    assert both.open("/admin").status_code == 200
    choose(both, make.users.account("x@example.com"))
    leave(both, eve.id)
    both.submit("/login/select")
    assert both.open("/admin").status_code in (403, 404)


def test_half_a_sign_in_of_one_leaves_the_other_active(browser, make, ada, bob):
    browser.sign_in(ada.email, PASSWORD)
    make.users.enrol(bob, "totp")
    add(browser, bob)
    assert browser.response.request.path == "/login/second-factor"
    assert active(browser) == "ada"
    browser.open("/login/select")
    assert bob.email not in browser.text


def test_the_cookie_stays_only_where_all_chose_to_stay(browser, make, ada, bob):
    browser.sign_in(ada.email, PASSWORD, remember="1")
    browser.open("/login?switch=1")
    answer = browser.send(username=bob.email, password=PASSWORD)
    [sent] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith(MORE)]
    assert "Max-Age=25919" in sent
    browser.follow(answer)
    browser.open("/login/select")
    switched = browser.send("/login/select", account=ada.id)
    [sent] = [c for c in switched.headers.getlist("Set-Cookie") if c.startswith(MORE)]
    assert "Max-Age" not in sent
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(sent.split("; "))


def test_a_browser_with_one_account_is_asked_nothing_more(
    browser, ada, make, statements
):
    browser.sign_in(ada.email, PASSWORD)
    browser.open("/account")
    with statements() as alone:
        browser.open("/account")
    browser.use_cookie(browser.cookie(), MORE)
    with statements() as several:
        browser.open("/account")
    assert several == alone


@pytest.mark.parametrize(
    "junk", ["", ".", "x" * 43, ".".join(["é" * 43] * 9), "a" * 4000, '"' * 43]
)
def test_junk_in_the_cookie_is_passed_over(browser, ada, junk):
    browser.sign_in(ada.email, PASSWORD)
    browser.use_cookie(junk, MORE)
    assert browser.open("/login/select").status_code == 200
    assert active(browser) == "ada"


def test_scripts_of_the_other_account_lose_their_refresh_token(both, ada):
    both.http.set_cookie("refresh_token", "r" * 43, domain="idp.example", secure=True)
    choose(both, ada)
    assert both.cookie("refresh_token") is None


@pytest.fixture
def notes(both, make):
    return RelyingParty(both.http, make.clients.client(first_party=True))


class TestAnAppThatWaits:
    def test_chooses_among_all(self, both, notes, ada):
        both.follow(notes.ask(prompt="select_account"))
        assert "to continue to Notes" in both.text
        both.submit("/login/select", account=ada.id)
        assert notes.finish(both.response).claims["sub"] == ada.id
        assert active(both) == "ada"

    def test_waits_while_an_account_signs_out(self, both, notes, ada, bob):
        both.follow(notes.ask(prompt="select_account"))
        both.submit("/login/select", sign_out=bob.id)
        assert "to continue to Notes" in both.text
        both.submit("/login/select", account=ada.id)
        assert notes.finish(both.response).claims["sub"] == ada.id

    def test_waits_for_a_new_sign_in_of_the_account_that_is_left(
        self, both, notes, ada, bob
    ):
        leave(both, bob.id)
        both.follow(notes.ask())
        assert both.response.request.path == "/login/select"
        both.submit("/login/select", account=ada.id)
        assert notes.finish(both.response).claims["sub"] == ada.id
