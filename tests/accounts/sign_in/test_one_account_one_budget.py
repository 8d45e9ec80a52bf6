"""An account has one budget under both of its names, and it never shows."""

import pytest
from argon2 import PasswordHasher

from tests.make_users import PASSWORD

ADA, USERNAME = "ada@example.com", "ada"
WRONG = "wrong wrong wrong"
NEW = "seven loud geese in the rain"


@pytest.fixture
def ada(make):
    make.clients.spa()  # and the key that signs the tokens of sign-ins
    return make.users.account(ADA, username=USERNAME)


@pytest.fixture
def sign_in(http):
    """Signs in at a network; returns the status and the code of an error."""

    def call(login, password=WRONG, *, ip="192.0.2.1"):
        answer = http.post(
            "/auth/login",
            json={"login": login, "password": password},
            environ_overrides={"REMOTE_ADDR": ip},
        )
        error = (answer.json.get("error") or answer.json).get("code")
        return answer.status_code, error

    return call


def test_the_two_names_have_the_tries_of_one(sign_in, ada):
    for _ in range(5):
        sign_in(ADA)
        sign_in(USERNAME)
    assert sign_in(ADA, PASSWORD) == (200, "invalid_credentials")
    assert sign_in(USERNAME, PASSWORD) == (200, "invalid_credentials")
    assert sign_in(ADA, PASSWORD, ip="192.0.2.2") == (200, None)


def test_what_a_name_was_typed_in_vain_is_told_by_429(sign_in, ada):
    for _ in range(10):
        sign_in(ADA)
    assert sign_in(ADA)[0] == 429
    assert sign_in(USERNAME) == (200, "invalid_credentials")


def test_the_tries_of_other_names_show_nothing_of_whose_they_are(sign_in, ada):
    sign_in("grace@example.com")
    told = []
    for mine, other in ((ADA, USERNAME), ("no@example.com", "nobody")):
        ip = "192.0.2.10" if mine == ADA else "192.0.2.11"
        told.append([sign_in(n, ip=ip) for _ in range(12) for n in (mine, other)])
    assert told[0] == told[1]


def test_a_refusal_by_the_hidden_budget_costs_a_hash(sign_in, ada, monkeypatch):
    for _ in range(5):
        sign_in(ADA)
        sign_in(USERNAME)
    verify, hashed = PasswordHasher.verify, []
    monkeypatch.setattr(
        PasswordHasher,
        "verify",
        lambda self, *of: hashed.append(1) or verify(self, *of),
    )
    assert sign_in(ADA, PASSWORD) == (200, "invalid_credentials")
    assert hashed == [1]


def test_it_is_recorded_for_the_operator(sign_in, make, ada):
    for _ in range(5):
        sign_in(ADA)
        sign_in(USERNAME)
    sign_in(ADA, PASSWORD)
    assert make.records.audited("login.limited") == [("refused", ada.id)]


def test_the_right_password_forgives_both_names(sign_in, ada):
    for _ in range(4):
        sign_in(ADA)
        sign_in(USERNAME)
    assert sign_in(USERNAME, PASSWORD) == (200, None)
    for _ in range(9):
        assert sign_in(ADA) == (200, "invalid_credentials")
    assert sign_in(ADA, PASSWORD) == (200, None)


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_LOGIN_RUN": "12/30 days"}])
def test_a_run_under_two_names_stops_the_account_and_its_owner_hears(
    sign_in, browser, make, ada
):
    for number in range(3):
        for name in (ADA, USERNAME) * 2:
            sign_in(name, ip=f"192.0.2.{number}")
    assert sign_in(ADA, PASSWORD, ip="192.0.2.99") == (200, "invalid_credentials")
    kinds = [mail.kind for mail in make.records.mails_to(ADA)]
    assert kinds == ["account_locked"]
    browser.open("/forgot-password")
    browser.submit(email=ADA)
    browser.open(make.records.mail_to(ADA).link)
    browser.submit(password=NEW)
    assert sign_in(USERNAME, NEW, ip="192.0.2.98") == (200, None)
