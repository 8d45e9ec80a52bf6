"""Signing in by a mailed link or code, for who asked for it."""

import pytest

from tests.api.callers import bearer, cookies_set, declined, problem
from tests.authenticator_app import set_up_app

pytestmark = pytest.mark.usefixtures("clock")
ADA = "ada@example.com"
ASK, TOKEN, CODE = "/auth/magic-link", "/auth/sign-in/token", "/auth/sign-in/code"


@pytest.fixture
def ada(make):
    return make.users.account(ADA)


def ask(caller, address=ADA, **more):
    answer = caller.post(ASK, {"email": address, **more})
    assert answer.status_code == 202
    assert answer.json["status"] == "magic_link_sent"
    assert len(answer.json["request"]) >= 43
    return answer.json["request"]


def use_link(caller, token, request=None, **more):
    return caller.post(TOKEN, {"token": token, "request": request, **more})


def use_code(caller, code, request=None, address=ADA, **more):
    body = {"email": address, "code": code, "request": request, **more}
    return caller.post(CODE, body)


def other(code):
    return "000000" if code != "000000" else "111111"


def test_a_link_signs_in_who_asked_once(program, ada, make):
    request = ask(program)
    mail = make.records.mail_to(ADA)
    assert mail.kind == "magic_link"
    answer = use_link(program, mail.token, request)
    assert answer.json["user"]["id"] == ada.id
    assert declined(use_link(program, mail.token, request)) == "token_invalid"
    program.headers = bearer(answer.json)
    assert program.get("/api/auth").json["auth"]["amr"] == ["otp"]
    assert make.records.audited("magic.used") == [("ok", ada.id)]


def test_a_code_signs_in_who_asked_once_and_ends_the_link(program, ada, make):
    request = ask(program)
    mail = make.records.mail_to(ADA)
    spaced = f"{mail.code[:3]} \N{EN DASH} {mail.code[3:]}"
    assert use_code(program, spaced, request).json["user"]["id"] == ada.id
    assert declined(use_code(program, mail.code, request)) == "code_invalid"
    assert declined(use_link(program, mail.token, request)) == "token_invalid"


def test_both_hold_ten_minutes(program, ada, make, clock):
    request = ask(program)
    mail = make.records.mail_to(ADA)
    clock.tick(minutes=10)
    assert declined(use_link(program, mail.token, request)) == "token_invalid"
    assert declined(use_code(program, mail.code, request)) == "code_invalid"


def test_who_did_not_ask_is_told_so_and_uses_nothing_up(program, ada, make):
    request, strange = ask(program), ask(program, "other@example.com")
    mail = make.records.mail_to(ADA)
    for shown in (None, strange, "made up", request[:-1], "é"):
        assert declined(use_code(program, mail.code, shown)) == "other_browser"
    for shown in (None, strange, "made up", "é"):
        assert declined(use_link(program, mail.token, shown)) == "other_browser"
    assert "access_token" in use_link(program, mail.token, request).json


def test_a_browser_needs_its_cookie_alone(spa, another_spa, ada, make):
    ask(spa)
    mail = make.records.mail_to(ADA)
    assert declined(use_link(another_spa, mail.token)) == "other_browser"
    assert declined(use_code(another_spa, mail.code)) == "other_browser"
    answer = use_code(spa, mail.code, cookies=True)
    assert answer.json["user"]["id"] == ada.id
    assert "refresh_token" not in answer.json
    assert "__Host-idp" in cookies_set(answer)


def test_the_newest_mail_of_a_browser_counts_and_those_of_others_stay(
    spa, program, ada, make
):
    ask(spa)
    ask(spa)
    request = ask(program)
    first, second, third = make.records.mails_to(ADA)
    assert declined(use_link(spa, first.token)) == "token_invalid"
    assert declined(use_link(spa, third.token)) == "other_browser"
    assert "access_token" in use_link(spa, second.token).json
    assert declined(use_link(program, third.token, request)) == "token_invalid"


def test_a_code_is_none_for_another_who_asked_for_the_same_address(program, ada, make):
    first, second = ask(program), ask(program)
    mail, newer = make.records.mails_to(ADA)
    for _ in range(6):
        if mail.code != newer.code:
            assert declined(use_code(program, mail.code, second)) == "code_invalid"
    assert use_code(program, mail.code, first).json["user"]["id"] == ada.id


def test_a_code_is_tried_five_times_and_the_link_stays(program, ada, make):
    request = ask(program)
    mail = make.records.mail_to(ADA)
    for _ in range(5):
        assert declined(use_code(program, other(mail.code), request)) == "code_invalid"
    assert declined(use_code(program, mail.code, request)) == "code_invalid"
    assert "access_token" in use_link(program, mail.token, request).json


def test_after_ten_wrong_codes_in_a_day_only_links_are_taken(program, ada, make, clock):
    for address in (ADA, "ada.too@example.com"):
        if address != ADA:
            make.users.further_email(ada, address)
        request = ask(program, address)
        code = other(make.records.mail_to(address).code)
        for _ in range(5):
            use_code(program, code, request, address)
    request = ask(program)
    mail = make.records.mails_to(ADA)[-1]
    assert declined(use_code(program, mail.code, request)) == "code_invalid"
    assert "access_token" in use_link(program, mail.token, request).json
    clock.tick(days=1, seconds=1)
    request = ask(program)
    code = make.records.mails_to(ADA)[-1].code
    assert "access_token" in use_code(program, code, request).json


def test_right_codes_cost_nothing(program, ada, make, clock):
    for _ in range(12):
        clock.tick(hours=5)
        request = ask(program)
        code = make.records.mails_to(ADA)[-1].code
        assert "access_token" in use_code(program, code, request).json


class TestTheNetworksBudget:
    @pytest.fixture
    def environ(self):
        return {"IDP_RATELIMIT_LOGIN_IP": "3/15 minutes"}

    def test_wrong_codes_count_on_it(self, program, ada, make):
        request = ask(program)
        code = make.records.mail_to(ADA).code
        for _ in range(3):
            assert declined(use_code(program, other(code), request)) == "code_invalid"
        refused = use_code(program, code, request)
        assert problem(refused) == (429, "too_many_requests")


def test_a_second_factor_stays_due_and_is_no_mail(app, program, ada, make, clock):
    owner = type(program)(app.test_client(use_cookies=False))
    owner.sign_in(ada)
    phone = set_up_app(owner)
    make.policies.decide(email_code="on")
    request = ask(program)
    mail = [m for m in make.records.mails_to(ADA) if m.kind == "magic_link"][-1]
    waits = use_link(program, mail.token, request).json
    assert waits["status"] == "2fa_required"
    assert waits["methods"] == ["totp", "recovery_code"]
    clock.tick(seconds=30)
    shown = {"ticket": waits["ticket"], "method": "totp", "code": phone.code()}
    assert "access_token" in program.post("/auth/login/2fa", shown).json


def test_purposes_are_separate(program, ada, make):
    request = ask(program)
    mailed = make.records.mail_to(ADA)
    made = make.users.sign_in_link(ada).partition("token=")[2]
    program.post("/auth/password-reset/email", {"email": ADA})
    reset = make.records.mails_to(ADA)[-1].token
    assert declined(use_link(program, reset, request)) == "token_invalid"
    as_reset = {"token": mailed.token, "password": "seven loud geese in the rain"}
    assert declined(program.post("/auth/password-reset", as_reset)) == "token_invalid"
    answer = program.post("/auth/email-verification", {"token": mailed.token})
    assert declined(answer) == "token_invalid"
    assert "access_token" in use_link(program, made).json
    assert "access_token" in use_link(program, mailed.token, request).json


def test_a_new_password_voids_what_was_mailed(spa, program, ada, make):
    request = ask(program)
    mail = make.records.mail_to(ADA)
    spa.sign_in(ada, cookies=True)
    new = "seven loud geese in the rain"
    body = {"current_password": ada.password, "new_password": new}
    assert spa.put("/auth/change-password", body).status_code == 204
    assert declined(use_link(program, mail.token, request)) == "token_invalid"
    assert declined(use_code(program, mail.code, request)) == "code_invalid"


def test_a_further_address_works_once_it_is_proven(program, ada, make):
    make.users.further_email(ada, "ada@home.example")
    request = ask(program, "Ada@Home.example")
    mail = make.records.mail_to("ada@home.example")
    answer = use_code(program, mail.code, request, "ada@home.example")
    assert answer.json["user"]["id"] == ada.id


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    ("return_url", "path"),
    [
        ("https://idp.example/account/emails", "/account/emails"),
        ("/account/emails", "/account/emails"),
        ("https://app.example/welcome", "/account"),  # no page of an app by itself
        ("https://evil.example/", "/account"),
        ("//evil.example", "/account"),
    ],
)
def test_the_link_leads_on_to_this_site_only(spa, browser, make, return_url, path):
    make.clients.spa(redirect_uris=["https://app.example/callback"])
    browser.http = spa.client
    ask(spa, return_url=return_url)
    browser.open(make.records.mail_to(ADA).link)
    assert browser.send().location == path


def test_an_unproven_address_is_proven_first(program, make):
    make.users.account(ADA, email_verified=False)
    ask(program)
    assert make.records.mail_to(ADA).kind == "verify_email"


def test_a_disabled_user_gets_no_mail_and_no_session(program, ada, make):
    request = ask(program)
    mail = make.records.mail_to(ADA)
    make.users.set_status(ada, "disabled")
    ask(program)
    assert len(make.records.mails_to(ADA)) == 1
    assert declined(use_link(program, mail.token, request)) == "token_invalid"
    assert declined(use_code(program, mail.code, request)) == "code_invalid"


def test_mails_have_the_limit_of_mails(program, ada, make):
    for _ in range(4):
        ask(program)
    assert len(make.records.mails_to(ADA)) == 3


class TestAnAddressWithoutAnAccount:
    @pytest.fixture
    def environ(self, request):
        privacy = getattr(request, "param", "open")
        return {"IDP_ACCOUNT_PRIVACY": privacy}

    def test_is_offered_sign_up(self, program, make):
        ask(program, "new@example.com")
        mail = make.records.mail_to("new@example.com")
        assert (mail.kind, mail.link) == ("sign_up_offered", "/register")

    @pytest.mark.parametrize("environ", ["private"], indirect=True)
    def test_is_told_nothing_where_that_is_private(self, program, make):
        ask(program, "new@example.com")
        assert make.records.mails_to("new@example.com") == []

    def test_is_offered_nothing_where_sign_up_is_closed(self, program, make):
        make.policies.decide(registration="closed")
        ask(program, "new@example.com")
        ask(program, "no address")
        assert make.records.mails_to("new@example.com") == []


class TestWhereItIsNotAllowed:
    def test_everybody_is_told_so(self, program, make):
        request = ask(program)
        make.policies.decide(sign_in_methods=["password", "link"])
        for answer in (
            program.post(ASK, {"email": ADA}),
            use_code(program, "123456", request),
        ):
            assert declined(answer) == "method_not_allowed"

    def test_a_user_whose_role_may_not_gets_no_mail(self, program, make):
        make.users.account(ADA, roles=("admin",))
        request = ask(program)
        mail = make.records.mail_to(ADA)
        make.policies.decide("role", "admin", sign_in_methods=["password"])
        ask(program)
        assert len(make.records.mails_to(ADA)) == 1
        assert declined(use_link(program, mail.token, request)) == "token_invalid"


def seen_of(answer):
    """Return what a prober sees, without what is random for every caller."""
    headers = {k: v for k, v in answer.headers if k != "X-Request-Id"}
    headers["Set-Cookie"] = sorted(cookies_set(answer))
    body = dict(answer.json) | ({"request": ""} if "request" in answer.json else {})
    return answer.status_code, headers, body


KINDS = ("known", "further", "unknown", "unverified", "disabled", "restricted")


def make_probed(make, address, kind):
    """Make the account of an address, of which a prober wants to know the kind."""
    if kind == "further":
        make.users.further_email(make.users.account("first@example.com"), address)
    elif kind != "unknown":
        make.users.account(
            address,
            email_verified=kind != "unverified",
            status="disabled" if kind == "disabled" else "active",
            roles=("admin",) if kind == "restricted" else (),
        )
    if kind == "restricted":
        make.policies.decide("role", "admin", sign_in_methods=["password"])


@pytest.mark.parametrize(
    "environ", [{"IDP_ACCOUNT_PRIVACY": each} for each in ("open", "private")]
)
@pytest.mark.parametrize("kind", KINDS)
def test_probes_look_and_cost_alike(app, program, make, statements, kind):
    address = f"{kind}@example.com"
    make_probed(make, address, kind)
    ask(program, "warm@example.com")  # what the process keeps
    seen = []
    for probed in ("nobody@example.com", address):
        caller = type(program)(app.test_client(use_cookies=False))
        with statements() as asking:
            asked = caller.post(ASK, {"email": probed})
        make.records.mails_to(probed)  # the worker has answered
        with statements() as trying:
            tried = use_code(caller, "1234567", asked.json["request"], probed)
        with statements() as guessing:
            guessed = use_code(caller, "000000", asked.json["request"], probed)
        with statements() as elsewhere:
            strange = use_code(caller, "000000", None, probed)
        costs = list(asking), list(trying), list(guessing), list(elsewhere)
        answers = asked, tried, guessed, strange
        seen.append((costs, [seen_of(answer) for answer in answers]))
    assert seen[0] == seen[1]
