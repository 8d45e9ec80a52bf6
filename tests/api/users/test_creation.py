"""POST /api/users: by anyone where registration is open, by admins for others."""

import pytest

from tests.api.callers import fields, problem
from tests.make_users import PASSWORD

PATH = "/api/users"
GRACE = {"email": "grace@example.org", "name": "Grace Hopper"}
WITH_PASSWORD = {**GRACE, "password": PASSWORD}
CLOSED = pytest.mark.parametrize("environ", [{"IDP_REGISTRATION": "closed"}])
PRIVATE = pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])


def test_anyone_makes_an_account_and_is_not_signed_in(program, make):
    answer = program.post(PATH, {**WITH_PASSWORD, "username": "grace"})
    assert answer.status_code == 201
    made = answer.json
    assert (made["username"], made["email_verified"]) == ("grace", False)
    assert answer.headers["Location"] == f"https://idp.example/api/users/{made['id']}"
    assert "Set-Cookie" not in answer.headers
    assert make.records.mail_to("grace@example.org").kind == "verify_email"
    assert len(made.pop("registration")) == 43
    body = {"login": "grace@example.org", "password": PASSWORD}
    signed_in = program.post("/auth/login", body).json
    assert signed_in["user"]["id"] == made["id"]
    program.headers = {"Authorization": f"Bearer {signed_in['access_token']}"}
    assert len(program.get("/account/sessions").json) == 1
    assert program.get(answer.headers["Location"]).json == made


WHOLE = {
    **WITH_PASSWORD,
    "given_name": "Grace",
    "middle_name": "Brewster",
    "family_name": "Hopper",
    "profile": "https://navy.example/grace",
}


def test_a_new_account_has_all_that_was_said_of_it(program):
    answer = program.post(PATH, WHOLE)
    said = {name: text for name, text in WHOLE.items() if name != "password"}
    assert answer.status_code == 201, answer.text
    assert said.items() <= answer.json.items()


def test_what_an_admin_says_of_a_new_account_is_kept_too(admin):
    said = {name: text for name, text in WHOLE.items() if name != "password"}
    answer = admin.api.post(PATH, said)
    assert answer.status_code == 201, answer.text
    assert said.items() <= admin.api.get(f"{PATH}/{answer.json['id']}").json.items()


def test_a_middle_name_and_a_profile_page_are_judged(program):
    unfit = {"middle_name": "B\u202e", "profile": "javascript:x"}
    answer = program.post(PATH, {**WHOLE, **unfit})
    assert fields(answer) == {"middle_name": "invalid", "profile": "invalid"}
    empty = {"middle_name": " ", "profile": ""}
    made = program.post(PATH, {**WHOLE, **empty}).json
    assert (made["middle_name"], made["profile"]) == (None, None)


@PRIVATE
def test_what_was_said_waits_for_the_proof_of_the_address(program, make):
    told = program.post(PATH, WHOLE).json["registration"]
    token = make.records.mail_to(WHOLE["email"]).token
    body = {"token": token, "registration": told}
    assert program.post("/auth/email-verification", body).status_code == 204
    login = {"login": WHOLE["email"], "password": PASSWORD}
    made = program.post("/auth/login", login).json["user"]
    assert (made["middle_name"], made["profile"]) == ("Brewster", WHOLE["profile"])


def test_a_person_without_a_role_is_anyone(person):
    assert person.api.post(PATH, GRACE).status_code == 400
    assert person.api.post(PATH, WITH_PASSWORD).status_code == 201


def test_what_is_missing_or_unfit_is_named(program):
    assert fields(program.post(PATH, GRACE)) == {"password": "required"}
    assert set(fields(program.post(PATH, {}))) == {"email"}
    answer = program.post(PATH, {**WITH_PASSWORD, "email": "none", "username": "-"})
    assert set(fields(answer)) == {"email", "username"}


@pytest.mark.parametrize(
    "field", ["id", "email_verified_at", "status", "created_at", "cookies"]
)
def test_nobody_sets_what_is_not_theirs_to_set(admin, field):
    answer = admin.api.post(PATH, {**WITH_PASSWORD, field: "x"})
    assert fields(answer) == {field: "unknown_field"}


def test_a_taken_address_or_username_is_409(program, ada):
    answer = program.post(PATH, {**WITH_PASSWORD, "email": ada.email})
    assert problem(answer) == (409, "email_taken")
    answer = program.post(PATH, {**WITH_PASSWORD, "username": "ADA"})
    assert problem(answer) == (409, "username_taken")


@CLOSED
def test_a_closed_server_takes_nobody_but_by_its_admins(program, spa, root):
    answer = program.post(PATH, WITH_PASSWORD)
    assert problem(answer) == (403, "registration_closed")
    spa.sign_in(root)
    assert spa.post(PATH, WITH_PASSWORD).status_code == 201


@PRIVATE
def test_a_private_server_answers_the_same_to_known_and_unknown(program, ada, make):
    for address in (ada.email, "grace@example.org"):
        answer = program.post(PATH, {**WITH_PASSWORD, "email": address})
        assert answer.status_code == 202
        assert set(answer.json) == {"status", "registration"}
        assert answer.json["status"] == "verification_sent"
        assert "Location" not in answer.headers
        assert "Set-Cookie" not in answer.headers
    assert make.records.mail_to(ada.email).kind == "account_exists"


@PRIVATE
def test_a_private_server_tells_its_admins(admin, ada):
    assert admin.api.post(PATH, WITH_PASSWORD).status_code == 201
    answer = admin.api.post(PATH, {**WITH_PASSWORD, "email": ada.email})
    assert problem(answer) == (409, "email_taken")


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_REGISTER_IP": "1/hour"}])
def test_too_many_wait(program):
    assert program.post(PATH, WITH_PASSWORD).status_code == 201
    answer = program.post(PATH, {**WITH_PASSWORD, "email": "b@example.org"})
    assert problem(answer) == (429, "too_many_requests")


def test_an_admin_accepts_the_terms_for_nobody(admin, make):
    answer = admin.api.post(PATH, {**GRACE, "accept_terms": True})
    assert fields(answer) == {"accept_terms": "own_word"}
    assert "when they first sign in" in answer.json["errors"][0]["message"]
    assert admin.api.post(PATH, {**GRACE, "accept_terms": False}).status_code == 201


def test_an_admin_leaves_the_password_to_its_owner(admin, make):
    answer = admin.api.post(PATH, GRACE)
    assert answer.status_code == 201
    assert make.records.user_row(answer.json["id"])["password_hash"] is None
    assert make.records.mail_to("grace@example.org").kind == "password_set"
    assert make.records.audited("admin.action") == [("ok", admin.account.id)]


def test_the_owner_sets_it_within_seven_days_and_proves_the_address(
    admin, make, browser, clock
):
    user_id = admin.api.post(PATH, GRACE).json["id"]
    (mail,) = make.records.mails_to("grace@example.org")
    clock.tick(days=6, hours=23)
    assert mail.link.startswith("/password-reset?token=")
    browser.open(mail.link)
    browser.submit("/password-reset", password=PASSWORD)
    assert make.records.user_row(user_id)["email_verified_at"] is not None
    browser.sign_in("grace@example.org", PASSWORD)
    assert browser.response.request.path == "/account"
    assert browser.open(mail.link).status_code == 400


def test_after_seven_days_the_link_is_over(admin, make, browser, clock):
    admin.api.post(PATH, GRACE)
    link = make.records.mail_to("grace@example.org").link
    clock.tick(days=7, seconds=1)
    assert browser.open(link).status_code == 400


def test_a_password_from_an_admin_is_judged_too(admin):
    answer = admin.api.post(PATH, {**GRACE, "password": "short"})
    assert fields(answer) == {"password": "too_short"}


def test_an_admin_who_signed_in_long_ago_proves_it_first(spa, root, clock):
    spa.sign_in(root)
    clock.tick(minutes=11)
    answer = spa.post(PATH, GRACE)
    assert problem(answer) == (403, "reauthentication_required")


def test_a_browser_needs_the_token_of_our_page(spa, root, make):
    spa.sign_in(root)
    assert problem(spa.bare("POST", PATH, GRACE)) == (403, "csrf_rejected")
    assert make.records.user_id_of("grace@example.org") is None


VOUCHED = {"email_verified": True, "roles": ["auditor"]}
FIRST = {"require_password_change": True}


def test_an_owner_vouches_for_an_address_and_gives_roles(admin, make):
    wanted = {**WITH_PASSWORD, **VOUCHED, **FIRST}
    made = admin.api.post(PATH, wanted)
    assert made.status_code == 201, made.text
    assert made.json["email_verified"]
    account = admin.api.get(f"/api/accounts/{made.json['id']}").json
    assert account["roles"] == ["auditor"]
    assert account["require_password_change"]
    assert make.records.mails_to(GRACE["email"]) == []
    (row,) = make.records.audited_details("admin.action")
    assert row["after"] == {"status": "active", **VOUCHED}


def test_a_mail_sets_the_password_of_an_address_that_is_vouched_for(admin, make):
    made = admin.api.post(PATH, {**GRACE, "email_verified": True})
    assert made.json["email_verified"]
    assert make.records.mail_to(GRACE["email"]).kind == "password_set"


@pytest.mark.parametrize("field", [*VOUCHED, *FIRST])
def test_nobody_vouches_for_themselves(program, field):
    answer = program.post(PATH, {**WITH_PASSWORD, field: {**VOUCHED, **FIRST}[field]})
    assert problem(answer) == (403, "not_permitted")


def test_nobody_gives_by_a_new_account_more_than_they_hold(spa, make):
    spa.sign_in(make.users.account(roles=["support"]))
    for field, value in VOUCHED.items():
        answer = spa.post(PATH, {**GRACE, field: value})
        assert problem(answer) == (403, "not_permitted")
    assert spa.post(PATH, GRACE).status_code == 201
