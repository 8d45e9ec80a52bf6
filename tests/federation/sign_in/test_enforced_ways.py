"""Domains whose users have a provider alone: every way in of ours asks that."""

import re

import pytest

from idp.accounts.sign_in.links import LinkNotAllowed, issue_link
from idp.accounts.users import get_user
from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from tests.api.callers import Program, declined, problem
from tests.authenticator import add_passkey, sign_in_by
from tests.documented import watched
from tests.issuer import IssuerClient

ADA, BOSS = "ada@corp.example", "boss@corp.example"
MAILS = ["/auth/magic-link", "/auth/password-reset/email", "/api/auth/reset/request"]
NEW = "correct horse battery staple"
OPEN_AND_PRIVATE = pytest.mark.parametrize(
    "environ", [{}, {"IDP_ACCOUNT_PRIVACY": "private"}], ids=["open", "private"]
)
PRIVATE = pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])


@pytest.fixture
def app(app):
    """The app with the key that signs access tokens, under watch."""
    app.test_client_class = IssuerClient
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()
    with watched(app):
        yield app


@pytest.fixture
def enforce(acme):
    """Has the provider be the only way in, from now on."""
    return lambda **more: acme(enforced=True, domains=["corp.example"], **more)


@pytest.fixture
def caller(app):
    """A program that calls the JSON API."""
    return Program(app.test_client(use_cookies=False))


@pytest.fixture
def ada(make):
    return make.users.account(ADA, username="ada")


def ask(browser, path, address):
    """Ask for a mail on a page; return the answer."""
    browser.open(path)
    return browser.send(path, email=address)


def kinds(make, address):
    return [mail.kind for mail in make.records.mails_to(address)]


@pytest.mark.parametrize("path", ["/login/link", "/forgot-password"])
@pytest.mark.parametrize("known", [True, False])
def test_asking_for_a_mail_leads_to_the_provider(browser, enforce, make, path, known):
    enforce()
    if known:
        make.users.account(ADA)
    answer = ask(browser, path, ADA)
    assert answer.location.startswith("http://127.0.0.1")
    assert kinds(make, ADA) == []


@PRIVATE
@pytest.mark.parametrize("path", ["/login/link", "/forgot-password"])
def test_privacy_tells_everybody_to_look_at_their_mail(browser, enforce, make, path):
    enforce()
    make.users.account(ADA)
    make.users.account(BOSS, roles=["owner"])
    pages = {
        re.sub(r'value="[^"]*"|nonce-\S+', "", ask(browser, path, address).text)
        .replace(address, "")
        for address in (ADA, BOSS, "not@corp.example")
    }  # fmt: skip
    assert len(pages) == 1
    assert kinds(make, ADA) == ["sign_in_elsewhere"]
    assert make.records.mail_to(ADA).link.endswith("/login/with/acme")
    assert kinds(make, BOSS)[0] in ("magic_link", "password_reset")
    assert kinds(make, "not@corp.example") == []


@pytest.mark.parametrize("path", MAILS)
def test_programs_are_told_of_mails(caller, enforce, ada, make, path):
    enforce()
    assert declined(caller.post(path, {"email": ADA})) == "method_not_allowed"
    make.users.account(BOSS, roles=["owner"])
    assert caller.post(path, {"email": BOSS}).status_code in (202, 204)


@PRIVATE
@pytest.mark.parametrize("path", MAILS)
def test_privacy_tells_programs_nothing_of_mails(caller, enforce, ada, path):
    enforce()
    answers = [caller.post(path, {"email": e}) for e in (ADA, "not@corp.example")]
    assert {answer.status_code for answer in answers} <= {202, 204}


@OPEN_AND_PRIVATE
def test_what_was_mailed_before_opens_nothing(caller, enforce, ada, make):
    asked = caller.post("/auth/magic-link", {"email": ADA}).json
    mail = make.records.mail_to(ADA)
    enforce()
    by = {"request": asked["request"]}
    used = caller.post("/auth/sign-in/token", {"token": mail.token, **by})
    assert declined(used) == "token_invalid"
    typed = {"email": ADA, "code": mail.code, **by}
    assert declined(caller.post("/auth/sign-in/code", typed)) == "code_invalid"


@OPEN_AND_PRIVATE
@pytest.mark.parametrize("path", ["/auth/password-reset", "/api/auth/reset/submit"])
def test_a_reset_link_from_before_sets_nothing(caller, enforce, ada, make, path):
    caller.post("/auth/password-reset/email", {"email": ADA})
    token = make.records.mail_to(ADA).token
    enforce()
    body = {"token": token, "password": NEW}
    if path.startswith("/api"):
        body["confirmPassword"] = NEW
    answer = caller.post(path, body)
    assert problem(answer) == (409, "password_managed")
    assert answer.json["managed_by"] == "Acme"


@OPEN_AND_PRIVATE
def test_a_handed_link_is_not_made(app, enforce, ada):
    enforce()
    with app.app_context(), pytest.raises(LinkNotAllowed):
        issue_link(get_user(ada.id), by="operator")


def test_one_that_was_made_before_opens_nothing(browser, enforce, ada, make):
    link = make.users.sign_in_link(ada)
    enforce()
    assert browser.open(link).status_code == 400


@OPEN_AND_PRIVATE
def test_a_passkey_opens_nothing(app, caller, enforce, ada, make):
    caller.sign_in(ada)
    passkey = add_passkey(caller)
    enforce()
    stranger = Program(app.test_client(use_cookies=False))
    assert declined(sign_in_by(stranger, passkey)) == "method_not_allowed"
    assert make.records.audited("passkey.refused") == [("refused", ada.id)]


@OPEN_AND_PRIVATE
@pytest.mark.parametrize("login", ["ada", ADA])
def test_a_password_opens_nothing(caller, enforce, ada, login):
    enforce()
    body = {"login": login, "password": ada.password}
    assert declined(caller.post("/auth/login", body)) == "method_not_allowed"


@OPEN_AND_PRIVATE
def test_a_further_address_is_no_way_round(caller, enforce, ada, make):
    make.users.further_email(ada, "ada@home.example")
    enforce()
    body = {"login": "ada@home.example", "password": ada.password}
    assert declined(caller.post("/auth/login", body)) == "method_not_allowed"
    caller.post("/auth/magic-link", {"email": "ada@home.example"})
    assert "magic_link" not in kinds(make, "ada@home.example")


@OPEN_AND_PRIVATE
def test_owners_get_in_by_all_of_them(app, caller, enforce, make):
    owner = make.users.account(BOSS, roles=["owner"])
    caller.sign_in(owner)
    passkey = add_passkey(caller)
    enforce()
    assert (
        "user" in sign_in_by(Program(app.test_client(use_cookies=False)), passkey).json
    )
    assert "user" in Program(app.test_client(use_cookies=False)).sign_in(owner)
    other = Program(app.test_client(use_cookies=False))
    request = other.post("/auth/magic-link", {"email": BOSS}).json["request"]
    token = make.records.mail_to(BOSS).token
    used = other.post("/auth/sign-in/token", {"token": token, "request": request})
    assert used.json["user"]["id"] == owner.id


@pytest.mark.parametrize(
    "environ",
    [{"IDP_ACCOUNT_PRIVACY": "private", "IDP_IDENTIFIER_FIRST": "true"}],
)
def test_an_owner_is_asked_for_both_where_the_page_asks_first(browser, enforce, make):
    owner = make.users.account(BOSS, roles=["owner"])
    enforce()
    browser.open("/login?by=password")
    browser.submit(username=owner.email, password=owner.password)
    assert browser.cookie()


def test_while_the_provider_is_away_owners_are_led_there(browser, enforce, peer):
    enforce(issuer="http://127.0.0.1:9")
    browser.open("/login")
    browser.submit(username=ADA)
    assert browser.response.status_code == 503
    assert "/login?by=password" in browser.page.links


def test_an_account_from_before_is_linked_by_its_address(traveller, enforce, ada, make):
    enforce()
    traveller.sign_in(email=ADA, email_verified=True)
    assert traveller.signed_in
    assert make.records.audited("provider.linked") == [("ok", ada.id)]


@pytest.mark.parametrize("verified", [True, False])
def test_not_where_the_provider_has_not_proven_it(traveller, enforce, ada, verified):
    enforce(link="never" if verified else "ask")
    traveller.sign_in(email=ADA, email_verified=verified)
    assert not traveller.signed_in


def test_one_with_a_role_signs_in_here_until_it_is_linked(caller, enforce, app, make):
    admin = make.users.account(ADA, roles=["admin"])
    enforce()
    assert "user" in caller.sign_in(admin)
    make.providers.link("acme", admin.id, subject="admin")
    body = {"login": ADA, "password": admin.password}
    answer = Program(app.test_client(use_cookies=False)).post("/auth/login", body)
    assert declined(answer) == "method_not_allowed"


def test_another_provider_is_no_way_round(traveller, make, acme, ada):
    acme()
    known = {"domains": ["corp.example"], "enforced": True}
    make.providers.provider("corp", name="Corp", **known)
    make.providers.link("acme", ada.id, subject="upstream-ada")
    traveller.sign_in(sub="upstream-ada")
    assert "your organization’s provider" in traveller.browser.text
    assert not traveller.signed_in
    traveller.sign_in(sub="new", email="new@corp.example", email_verified=True)
    assert not traveller.signed_in
    assert make.records.user_id_of("new@corp.example") is None


def test_who_has_to_change_the_password_first_may(browser, traveller, enforce, make):
    account = make.users.account(ADA)
    make.users.hand_out_password(account)
    enforce()
    traveller.sign_in(email=ADA, email_verified=True)
    assert traveller.at == "/account/password"
    given = {"current_password": account.password, "password": NEW}
    browser.submit("/account/password", **given)
    assert traveller.signed_in


@OPEN_AND_PRIVATE
def test_nobody_signs_up_past_the_provider(browser, caller, enforce, make):
    enforce()
    wanted = {"email": ADA, "password": NEW}
    answer = caller.post("/auth/register", wanted)
    assert problem(answer) == (403, "registration_closed")
    assert answer.json["reason"] == "provider"
    browser.open("/register")
    assert browser.send(**wanted).location == "/login/with/acme"
    assert make.records.user_id_of(ADA) is None
    assert kinds(make, ADA) == []
