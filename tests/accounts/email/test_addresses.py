"""One mailbox has one address, however it is typed."""

import pytest

from tests.make_users import PASSWORD

UNICODE, A_LABEL = "Ada@grün.example", "Ada@xn--grn-ioa.example"
SPELLINGS = [UNICODE, A_LABEL, "ada@GRU\u0308N.example", "ADA@XN--GRN-IOA.EXAMPLE"]


@pytest.fixture(autouse=True)
def signing_key(make):
    """The key that signs the tokens of sign-ups."""
    make.clients.spa()


def sign_up(http, email, **more):
    body = {"email": email, "password": PASSWORD, "name": "Ada"}
    return http.post("/auth/register", json=body | more)


@pytest.mark.parametrize("registered", [UNICODE, A_LABEL])
@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_signs_in(another_browser, registered, typed):
    page = another_browser()
    page.open("/register")
    page.submit(email=registered, password=PASSWORD, name="Ada")
    page = another_browser()
    page.sign_in(typed, PASSWORD)
    assert page.cookie() is not None


@pytest.mark.parametrize("registered", [UNICODE, A_LABEL])
def test_the_stored_and_mailed_form_is_the_canonical_one(http, make, registered):
    assert sign_up(http, registered).json["user"]["email"] == UNICODE
    assert make.records.mail_to(UNICODE).kind == "verify_email"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_mailbox_has_one_account(http, spelling):
    assert sign_up(http, UNICODE).status_code == 201
    assert sign_up(http, spelling).status_code == 409


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_forgotten_password_is_mailed_to_every_spelling(http, make, spelling):
    make.users.account(UNICODE)
    http.post("/auth/password-reset/email", json={"email": spelling})
    assert make.records.mail_to(UNICODE).kind == "password_reset"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_deletion_is_confirmed_in_every_spelling(browser, make, spelling):
    ada = make.users.account(UNICODE)
    browser.sign_in(ada.email, ada.password)
    browser.open("/account/data")
    browser.submit("/account/data/delete", confirm_email=spelling)
    assert make.records.user_row(ada.id)["status"] == "deleting"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_change_is_confirmed_in_every_spelling(http, browser, make, spelling):
    ada = make.users.account()
    browser.sign_in(ada.email, ada.password)
    browser.open("/account/email")
    browser.submit("/account/email", new_email=A_LABEL)
    body = {"email": spelling, "code": make.records.mail_to(UNICODE).code}
    assert http.post("/auth/email-verification", json=body).status_code == 204
    row = make.records.user_row(ada.id)
    assert (row["email"], row["email_key"]) == (UNICODE, A_LABEL.lower())


def test_another_spelling_is_no_change(browser, make):
    ada = make.users.account(UNICODE)
    browser.sign_in(ada.email, ada.password)
    browser.open("/account/email")
    browser.submit("/account/email", new_email=A_LABEL)
    assert "This is your address already." in browser.text


@pytest.mark.parametrize(
    "environ", [{"IDP_RATELIMIT_LOGIN_ACCOUNT_IP": "2/15 minutes"}]
)
def test_all_spellings_share_the_tries(http, make, environ):
    make.users.account(UNICODE)
    answers = [
        http.post("/auth/login", json={"login": typed, "password": "wrong"})
        for typed in SPELLINGS
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]


@pytest.mark.parametrize("environ", [{"IDP_MAIL_URL": "smtp://127.0.0.1:1"}])
class TestWithoutSmtpUtf8:
    """The transport takes ASCII before the @."""

    def test_a_sign_up_that_mail_cannot_reach_is_refused(self, http, environ):
        (error,) = sign_up(http, "zoë@example.com").json["errors"]
        assert (error["field"], error["code"]) == ("email", "needs_ascii")

    def test_so_is_a_change(self, browser, make, environ):
        ada = make.users.account()
        browser.sign_in(ada.email, ada.password)
        browser.open("/account/email")
        browser.submit("/account/email", new_email="zoë@example.com")
        assert "Our mail can’t reach this address" in browser.text

    def test_an_internationalised_domain_is_reached(self, http, environ):
        assert sign_up(http, UNICODE).status_code == 201


@pytest.mark.parametrize(
    "environ", [{"IDP_MAIL_URL": "smtp://127.0.0.1:1", "IDP_MAIL_SMTPUTF8": "true"}]
)
def test_a_server_with_smtputf8_takes_any_letter(http, environ):
    assert sign_up(http, "zoë@example.com").status_code == 201
