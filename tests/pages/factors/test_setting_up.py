"""Setting up an authenticator app on pages, and saving recovery codes."""

import re

import pytest

from tests.authenticator_app import AuthenticatorApp
from tests.rp import RelyingParty

PATH, NEW = "/account/totp", "/account/totp/new"
CODES, SECURITY = "/account/recovery-codes", "/account/security"
WRONG = (
    "That code isn’t right. Codes change every 30 seconds; check your phone’s clock."
)
CODE = re.compile(r">([A-Z0-9]{5}-[A-Z0-9]{5})<")

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ada(browser, make):
    return make.browsers.sign_in(browser.http, email="ada@example.com").person


def path_of(browser):
    return browser.response.request.path


def key_on(browser):
    """Return an app that was told the key of the page by hand."""
    shown = re.search(
        r'<code dir="ltr" tabindex="0">([A-Z2-7 ]+)</code>', browser.response.text
    )[1]
    assert all(len(group) == 4 for group in shown.split(" "))
    return AuthenticatorApp(shown.replace(" ", ""), [])


def begin(browser, start=PATH):
    browser.open(start)
    browser.submit(PATH)
    assert path_of(browser) == NEW
    return key_on(browser)


def set_up(browser):
    phone = begin(browser)
    browser.submit(NEW, code=phone.code())
    phone.recovery_codes = CODE.findall(browser.response.text)
    return phone


def sign_in(browser, account, code):
    browser.sign_in(account.email, account.password)
    browser.submit(code=code)
    return path_of(browser) == "/account"


def test_looking_at_the_pages_makes_nothing(browser, ada):
    for _ in range(2):
        browser.open(NEW)
        assert path_of(browser) == PATH
    assert "Set up" in browser.text


def test_the_key_is_a_picture_a_text_and_a_link(browser, ada):
    begin(browser)
    html = browser.response.text
    assert 'role="img" aria-label="QR code with the key' in html
    assert 'href="otpauth://totp/' in html
    for fact in ("ada@example.com", "Issuer idp", "6 digits, every 30 seconds"):
        assert fact in browser.text
    assert "form-action 'self'" in browser.response.headers["Content-Security-Policy"]
    before = key_on(browser).secret
    browser.open(NEW)
    assert key_on(browser).secret == before


def test_an_app_is_set_up_and_counts(browser, another_browser, ada, clock):
    phone = set_up(browser)
    assert "Save your recovery codes" in browser.text
    assert len(set(phone.recovery_codes)) == 10
    browser.open(next(link for link in browser.page.links if link == SECURITY))
    assert "Set up on" in browser.text
    assert "10 codes left" in browser.text
    clock.tick(seconds=30)
    other = another_browser()
    assert sign_in(other, ada, phone.code())
    assert not sign_in(another_browser(), ada, phone.code())


def test_the_session_goes_on_with_two_factors(browser, make, ada):
    make.policies.decide(second_factor="required")
    old = browser.cookie()
    set_up(browser)
    assert browser.cookie() != old
    browser.open("/device")
    assert path_of(browser) == "/device"


@pytest.mark.parametrize("code", ["000000", "12", "\0", "9" * 2000])
def test_a_wrong_code_keeps_the_key(browser, ada, code):
    phone = begin(browser)
    browser.submit(NEW, code=code)
    assert (path_of(browser), browser.response.status_code) == (NEW, 200)
    assert browser.title.startswith("Error: ")
    assert key_on(browser).secret == phone.secret
    browser.submit(NEW, code=phone.code())
    assert "Save your recovery codes" in browser.text


def test_wrong_codes_pause_the_set_up(browser, ada):
    phone = begin(browser)
    for _ in range(5):
        browser.submit(NEW, code=phone.wrong())
        assert WRONG in browser.text
    browser.submit(NEW, code=phone.code())
    assert browser.response.status_code == 429
    assert "Too many wrong codes. Wait 15 minutes." in browser.text


def test_replacing_keeps_the_old_app_until_the_new_one_is_confirmed(
    browser, another_browser, ada, clock
):
    old = set_up(browser)
    clock.tick(minutes=1)
    new = begin(browser)
    assert "works until you have confirmed the new one" in browser.text
    assert sign_in(another_browser(), ada, old.code())
    browser.submit(NEW, code=new.code())
    assert path_of(browser) == PATH
    assert "Your new authenticator app works." in browser.text
    clock.tick(minutes=1)
    assert sign_in(another_browser(), ada, new.code())
    assert not sign_in(another_browser(), ada, old.code())
    assert sign_in_with_recovery_code(another_browser(), ada, old.recovery_codes[0])


def sign_in_with_recovery_code(browser, account, code):
    browser.sign_in(account.email, account.password)
    browser.open("/login/second-factor?method=recovery_code")
    browser.submit(code=code)
    return path_of(browser) == "/account"


def test_an_app_is_removed_with_its_codes(browser, another_browser, ada, make):
    set_up(browser)
    browser.open(PATH)
    browser.submit(f"{PATH}/remove")
    assert "The authenticator app was removed." in browser.text
    browser.open(CODES)
    assert path_of(browser) == SECURITY
    other = another_browser()
    other.sign_in(ada.email, ada.password)
    assert path_of(other) == "/account"
    browser.open("/account")
    assert path_of(browser) == "/account"


def test_removing_what_is_gone_says_so_too(browser, ada):
    browser.open(PATH)
    form = dict(browser.page.forms[0].fields)
    answer = browser.http.post(f"{PATH}/remove", data=form)
    assert answer.headers["Location"] == f"{PATH}?done=removed"


@pytest.mark.parametrize(
    ("page", "action"),
    [(PATH, PATH), (NEW, NEW), (PATH, f"{PATH}/remove"), (CODES, CODES)],
)
def test_every_change_wants_a_proof_of_the_last_minutes(
    browser, ada, clock, page, action
):
    set_up(browser)
    browser.open(PATH)
    if page == NEW:
        browser.submit(PATH)
    browser.open(page)
    clock.tick(minutes=11)
    browser.submit(action, **({"code": "123456"} if page == NEW else {}))
    assert path_of(browser) == "/account/confirm"
    assert "10 codes left" in browser.open(SECURITY).text


def test_an_address_that_nobody_has_proven_comes_first(browser, make):
    make.browsers.sign_in(browser.http, email_verified=False)
    browser.open(PATH)
    assert "Confirm your email address first." in browser.text
    browser.open(SECURITY)
    answer = browser.send(PATH)
    assert answer.headers["Location"] == PATH


def test_recovery_codes_are_downloaded_without_scripts(browser, ada):
    phone = set_up(browser)
    answer = browser.send(f"{CODES}/download")
    assert answer.mimetype == "text/plain"
    wanted = 'attachment; filename="recovery-codes.txt"'
    assert answer.headers["Content-Disposition"] == wanted
    assert CODE.findall(re.sub(r"(\S+)", r">\1<", answer.text)) == phone.recovery_codes
    assert "ada@example.com" in answer.text


@pytest.mark.parametrize("codes", ["", "<script>", "AAAAA-AAAA", "é" * 400])
def test_a_file_holds_nothing_but_codes(browser, ada, codes):
    set_up(browser)
    answer = browser.send(f"{CODES}/download", codes=codes)
    assert answer.headers["Location"] == CODES
    answer = browser.send(f"{CODES}/download", codes=codes + " ABCDE-FGHJK" * 40)
    assert answer.text.count("ABCDE-FGHJK") == 10
    assert "<script>" not in answer.text


def test_new_codes_void_the_old(browser, another_browser, ada, make):
    phone = set_up(browser)
    browser.open(CODES)
    assert "10 codes left" in browser.text
    browser.submit(CODES)
    new = CODE.findall(browser.response.text)
    assert len({*new, *phone.recovery_codes}) == 20
    assert not sign_in_with_recovery_code(
        another_browser(), ada, phone.recovery_codes[1]
    )
    assert sign_in_with_recovery_code(another_browser(), ada, new[0])
    browser.open(CODES)
    assert "9 codes left" in browser.text


def test_the_account_page_tells_when_few_codes_are_left(browser, another_browser, ada):
    phone = set_up(browser)
    assert "recovery codes left" not in browser.open("/account").text
    for code in phone.recovery_codes[:8]:
        assert sign_in_with_recovery_code(another_browser(), ada, code)
    browser.open("/account")
    assert "You have 2 recovery codes left." in browser.text


def test_the_account_page_tells_who_has_a_password_alone(browser, ada):
    browser.open("/account")
    assert "Your password alone guards this account." in browser.text
    set_up(browser)
    browser.open("/account")
    assert "Your password alone" not in browser.text


def test_who_must_set_one_up_goes_on_from_there(browser, make, ada):
    make.policies.decide(second_factor="required")
    browser.open("/device?user_code=BCDF-GHJK")
    assert path_of(browser) == "/account/second-factor"
    browser.submit(PATH)
    phone = key_on(browser)
    browser.submit(NEW, code=phone.wrong())
    browser.submit(NEW, code=phone.code())
    browser.send(f"{CODES}/download")
    browser.open(next(link for link in browser.page.links if "/device" in link))
    assert path_of(browser) == "/device"


def test_who_must_set_one_up_for_an_app_ends_there(browser, make, ada):
    make.policies.decide(second_factor="required")
    notes = RelyingParty(browser.http, make.clients.client(first_party=True))
    browser.follow(notes.ask())
    browser.submit(PATH)
    browser.submit(NEW, code=key_on(browser).code())
    onward = next(link for link in browser.page.links if "/oauth2" in link)
    done = notes.finish(browser.follow(browser.http.get(onward)))
    assert done.claims["amr"] == ["mfa", "otp", "pwd"]


def test_passkeys_come_first_then_the_password_then_the_second_step(browser, ada):
    browser.open(SECURITY)
    assert browser.text.index("Passkeys") < browser.text.index("Password")
    assert browser.text.index("Password") < browser.text.index("Authenticator app")
