"""The page where a sign-in that waits is finished by its second factor."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.make_factors import other_digits

PATH = "/login/second-factor"
WRONG = (
    "That code isn’t right. Codes change every 30 seconds; check your phone’s clock."
)
LATE = "Your sign-in took too long, or was finished in another window."


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com", username="ada")


@pytest.fixture
def phone(make, ada, clock):
    return make.factors.totp(ada)


def sign_in(browser, account, **typed):
    return browser.sign_in(account.email, account.password, **typed)


def path_of(browser):
    return browser.response.request.path


def way(browser, name):
    """Return the address of another way that the page offers."""
    part = browser.response.text.partition("<details")[2]
    link = re.search(rf'href="([^"]+)">(?:<svg.*?</svg>)?{name}<', part)[1]
    return link.replace("&amp;", "&")


def test_the_page_asks_for_a_code_of_the_account_that_waits(browser, ada, phone):
    sign_in(browser, ada)
    assert path_of(browser) == PATH
    assert browser.title == "Enter your code – idp"
    assert "ada@example.com" in browser.text
    assert "form-action" not in browser.response.headers["Content-Security-Policy"]


def test_a_right_code_signs_in(browser, ada, phone, make):
    sign_in(browser, ada)
    browser.submit(code=phone.code())
    assert path_of(browser) == "/account"
    assert browser.cookie("__Host-idp-step") is None
    assert [outcome for outcome, _ in make.records.audited("login.ok")] == ["ok"]


@pytest.mark.parametrize(
    "written",
    [
        lambda code: f" {code[:3]} {code[3:]}\t",
        lambda code: f"{code[:3]}\N{NO-BREAK SPACE}{code[3:]}",
        other_digits,
        lambda code: f"\N{RIGHT-TO-LEFT MARK}{other_digits(code)}",
        lambda code: other_digits(code, "\N{FULLWIDTH DIGIT ZERO}"),
        lambda code: other_digits(code, "\N{DEVANAGARI DIGIT ZERO}"),
    ],
)
def test_a_code_may_be_written_as_people_write_it(browser, ada, phone, written):
    sign_in(browser, ada)
    browser.submit(code=written(phone.code()))
    assert path_of(browser) == "/account"


@pytest.mark.parametrize("code", ["000000", "12345", "abc", "²³¹²³¹", "1" * 500, "\0"])
def test_a_wrong_code_is_told_in_one_way_and_may_be_tried_again(
    browser, ada, phone, code
):
    sign_in(browser, ada)
    browser.submit(code=code)
    assert (path_of(browser), browser.response.status_code) == (PATH, 200)
    assert browser.title.startswith("Error: ")
    assert WRONG in browser.text
    assert "ada@example.com" in browser.text
    assert not re.search(r'name="code"[^>]* value="[^"]', browser.response.text)
    browser.submit(code=phone.code())
    assert path_of(browser) == "/account"


def test_without_a_code_nothing_is_judged(browser, ada, phone):
    sign_in(browser, ada)
    for _ in range(6):
        browser.submit(code=" ")
        assert "Enter the code." in browser.text
    browser.submit(code=phone.code())
    assert path_of(browser) == "/account"


def test_one_code_signs_in_once(another_browser, ada, phone):
    code, first, second = phone.code(), another_browser(), another_browser()
    for browser in (first, second):
        sign_in(browser, ada)
    first.submit(code=code)
    assert path_of(first) == "/account"
    second.submit(code=code)
    assert WRONG in second.text


def test_five_wrong_codes_pause_that_way_and_no_other(browser, ada, phone):
    [code, *_] = phone.recovery_codes
    sign_in(browser, ada)
    for _ in range(5):
        browser.submit(code=phone.wrong())
    browser.submit(code=phone.code())
    assert browser.response.status_code == 429
    assert int(browser.response.headers["Retry-After"]) <= 15 * 60
    assert "Too many wrong codes. Wait 15 minutes, or use another way." in browser.text
    assert "<details open" in browser.response.text
    browser.open(way(browser, "Use a recovery code"))
    browser.submit(code=code)
    assert path_of(browser) == "/account"


def test_a_pause_ends(browser, ada, phone, clock):
    sign_in(browser, ada)
    for _ in range(5):
        browser.submit(code=phone.wrong())
    clock.tick(minutes=15, seconds=1)
    sign_in(browser, ada)
    browser.submit(code=phone.code())
    assert path_of(browser) == "/account"


def test_a_recovery_code_signs_in_once(another_browser, ada, phone):
    [code, *_] = phone.recovery_codes
    browser = another_browser()
    sign_in(browser, ada)
    assert "Can’t use your authenticator app?" in browser.text
    browser.open(way(browser, "Use a recovery code"))
    assert browser.title.startswith("Enter a recovery code")
    browser.submit(code=code.lower().replace("-", " \N{EN DASH} "))
    assert path_of(browser) == "/account"
    other = another_browser()
    sign_in(other, ada)
    other.open(way(other, "Use a recovery code"))
    other.submit(code=code)
    assert path_of(other) == PATH
    assert other.title.startswith("Error: Enter a recovery code")
    assert "That code isn’t right. Each recovery code works once." in other.text
    assert way(other, "Use your authenticator app")


def test_an_unknown_way_is_the_best_one(browser, ada, phone):
    sign_in(browser, ada)
    for method in ("email_code", "password", "nothing"):
        browser.open(f"{PATH}?method={method}")
        assert browser.title.startswith("Enter your code")
        browser.send(code="000000", method=method)
        assert path_of(browser) == PATH


def test_keep_me_signed_in_is_kept(browser, ada, phone, clock):
    sign_in(browser, ada, remember="1")
    browser.submit(code=phone.code())
    clock.tick(days=29)
    browser.open("/account")
    assert path_of(browser) == "/account"


@pytest.mark.parametrize("press", [True, False])
def test_a_sign_in_that_took_too_long_begins_again_with_words(
    browser, ada, phone, clock, press
):
    browser.open("/account/data")
    browser.submit(username=ada.email, password=ada.password)
    clock.tick(minutes=10, seconds=1)
    if press:
        browser.submit(code=phone.code())
    else:
        browser.open(f"{PATH}?return_to=/account/data")
    assert path_of(browser) == "/login"
    assert LATE in browser.text
    browser.submit(username=ada.email, password=ada.password)
    browser.submit(code=phone.code())
    assert path_of(browser) == "/account/data"


def test_the_page_without_a_sign_in_leads_to_one(browser):
    browser.open(PATH)
    assert path_of(browser) == "/login"


def test_a_page_left_open_in_another_window_goes_on_too(browser, ada, phone, make):
    sign_in(browser, ada)
    stale = browser.page.forms[0]
    browser.submit(code=phone.code())
    data = dict(stale.fields) | {"code": "000000", "return_to": "/account/data"}
    answer = browser.http.post(PATH, data=data, headers={"Accept": "text/html"})
    browser.follow(answer)
    assert path_of(browser) == "/account/data"
    assert make.records.audited("totp.used") == []


def test_a_sign_in_is_void_once_the_account_is_out_of_use(browser, ada, phone, make):
    sign_in(browser, ada)
    make.users.set_status(ada, "disabled")
    browser.submit(code=phone.code())
    assert path_of(browser) == "/login"
    assert browser.cookie() is None


def test_somebody_else_may_sign_in_instead(browser, ada, phone, make):
    bob = make.users.account("bob@example.com")
    sign_in(browser, ada)
    browser.open(next(link for link in browser.page.links if "switch" in link))
    assert path_of(browser) == "/login"
    browser.submit(username=bob.email, password=bob.password)
    assert path_of(browser) == "/account"
    assert "bob@example.com" in browser.text


def test_a_session_of_one_factor_is_asked_for_the_second(browser, ada, make, clock):
    browser.use_cookie(make.browsers.session(ada))
    phone = make.factors.totp(ada)
    browser.open("/device")
    assert path_of(browser) == PATH
    browser.submit(code=phone.wrong())
    assert WRONG in browser.text
    browser.submit(code=phone.code())
    assert path_of(browser) == "/device"


def test_who_needs_no_more_goes_on(browser, ada, make):
    browser.use_cookie(make.browsers.session(ada))
    answer = browser.http.get(f"{PATH}?return_to=/account/data")
    assert answer.headers["Location"] == "/account/data"
    answer = browser.http.get(f"{PATH}?return_to=https://evil.example")
    assert urlsplit(answer.headers["Location"]).netloc == ""


def test_links_to_other_ways_lead_to_the_same_place(browser, ada, phone):
    browser.open("/account/data")
    browser.submit(username=ada.email, password=ada.password)
    query = parse_qs(urlsplit(way(browser, "Use a recovery code")).query)
    assert query == {"method": ["recovery_code"], "return_to": ["/account/data"]}


TRUST = "__Host-idp-trust"


def test_a_browser_that_is_trusted_is_not_asked_again(browser, ada, phone, clock):
    sign_in(browser, ada)
    assert "Don’t ask again on this browser for 30 days" in browser.text
    browser.submit(code=phone.code(), trust="1")
    browser.open("/account/sessions")
    assert "Trusted browsers" in browser.text
    browser.http.delete_cookie("__Host-idp", domain="idp.example")
    sign_in(browser, ada)
    assert path_of(browser) == "/account"


def test_its_owner_has_it_asked_again(browser, ada, phone, clock):
    sign_in(browser, ada)
    browser.submit(code=phone.code(), trust="1")
    browser.open("/account/sessions")
    actions = [form.action for form in browser.page.forms]
    browser.submit(next(each for each in actions if "/trusted/" in each))
    assert "We’ll ask for the second step there again." in browser.text
    browser.http.delete_cookie("__Host-idp", domain="idp.example")
    sign_in(browser, ada)
    assert path_of(browser) == PATH


def test_one_that_is_not_trusted_gets_no_cookie(browser, ada, phone):
    sign_in(browser, ada)
    browser.submit(code=phone.code())
    assert browser.cookie(TRUST) is None


def test_the_offer_says_how_long_policies_allow_and_keeps_what_was_ticked(
    browser, ada, phone, make
):
    make.policies.decide(trusted_browser_days=1)
    sign_in(browser, ada)
    assert "for 1 day" in browser.text
    browser.submit(code="000000", trust="1")
    assert re.search(r'name="trust"[^>]* checked|checked[^>]* name="trust"',
                     browser.response.text)  # fmt: skip
    make.policies.decide(trusted_browser_days=0)
    browser.open(PATH)
    assert "Don’t ask again" not in browser.text
    browser.submit(code=phone.code(), trust="1")
    assert browser.cookie(TRUST) is None


def test_a_session_that_has_to_show_more_is_offered_no_trust(browser, ada, make, clock):
    sign_in(browser, ada)
    make.factors.totp(ada)
    make.policies.decide(acr="aal2")
    browser.open(PATH)
    assert path_of(browser) == PATH
    assert "Don’t ask again" not in browser.text
