"""/account/emails: several addresses, of which one is the primary."""

import pytest

from tests.api.callers import declined, fields, problem

PATH, NEW = "/account/emails", "second@example.com"
CONFIRM = "/auth/email-verification"


@pytest.fixture
def ada(make):
    return make.users.account()


@pytest.fixture
def signed_in(program, ada):
    program.sign_in(ada)
    return program


def add(program, ada, email=NEW):
    """Ask for a further address, and return its id."""
    answer = program.post(PATH, {"email": email, "password": ada.password})
    assert answer.status_code == 202, answer.text
    return answer.json["id"]


def proof(make, email=NEW):
    """Return the token of the newest link that was mailed to an address."""
    [*_, mail] = make.records.mails_to(email)
    assert mail.kind == "address_confirm"
    return {"token": mail.token}


def add_proven(program, make, ada, email=NEW):
    """Add a further address and confirm it; return its id."""
    address_id = add(program, ada, email)
    assert program.post(CONFIRM, proof(make, email), headers={}).status_code == 204
    return address_id


def addresses(program):
    """Return the addresses as the API lists them: email, verified, primary."""
    listed = program.get(PATH).json
    return [(row["email"], row["verified"], row["primary"]) for row in listed]


def signs_in(program, login, password):
    body = {"login": login, "password": password}
    return "access_token" in program.post("/auth/login", body, headers={}).json


@pytest.mark.parametrize("caller", ["program", "spa"])
def test_a_further_address_waits_for_its_proof(request, make, ada, caller):
    who = request.getfixturevalue(caller)
    who.sign_in(ada)
    add(who, ada)
    assert addresses(who) == [(ada.email, True, True), (NEW, False, False)]
    assert not signs_in(who, NEW, ada.password)


@pytest.mark.parametrize("by", ["token", "code"])
def test_proven_it_signs_in_and_claims_stay(signed_in, make, ada, by):
    add(signed_in, ada)
    sent = proof(make)
    if by == "code":
        [mail] = make.records.mails_to(NEW)
        sent = {"email": NEW, "code": mail.code}
    assert signed_in.post(CONFIRM, sent, headers={}).status_code == 204
    assert addresses(signed_in) == [(ada.email, True, True), (NEW, True, False)]
    assert signs_in(signed_in, NEW, ada.password)
    assert signed_in.get("/auth/me").json["user"]["email"] == ada.email
    again = signed_in.post(CONFIRM, sent, headers={})
    assert declined(again) == "token_invalid"


def test_proofs_of_several_do_not_void_one_another(signed_in, make, ada):
    add(signed_in, ada)
    add(signed_in, ada, "third@example.com")
    for email in (NEW, "third@example.com"):
        sent = proof(make, email)
        assert signed_in.post(CONFIRM, sent, headers={}).status_code == 204


def test_the_credentials_have_the_proven_ones_alone(signed_in, make, ada):
    add_proven(signed_in, make, ada)
    add(signed_in, ada, "third@example.com")
    emails = signed_in.get("/auth/me").json["credentials"]["emails"]
    assert emails == [
        {"email": ada.email, "verified": True, "primary": True},
        {"email": NEW, "verified": True, "primary": False},
    ]


def test_the_primary_address_hears_of_a_further_one(signed_in, make, ada):
    add_proven(signed_in, make, ada)
    assert make.records.mail_to(ada.email).kind == "address_added"


def test_it_resets_the_password_by_a_link_to_itself(signed_in, make, ada):
    add_proven(signed_in, make, ada, "Second@example.com")
    asked = {"email": "sECOND@Example.com"}
    assert signed_in.post("/auth/password-reset/email", asked).status_code == 204
    [*_, mail] = make.records.mails_to("Second@example.com")
    assert mail.kind == "password_reset"
    new = {"token": mail.token, "password": "seven loud geese in the rain"}
    assert signed_in.post("/auth/password-reset", new).status_code == 204
    assert signs_in(signed_in, ada.email, new["password"])


def test_a_link_to_an_address_that_was_removed_sets_no_password(signed_in, make, ada):
    address_id = add_proven(signed_in, make, ada)
    signed_in.post("/auth/password-reset/email", {"email": NEW})
    [*_, mail] = make.records.mails_to(NEW)
    assert signed_in.send("DELETE", f"{PATH}/{address_id}").status_code == 204
    new = {"token": mail.token, "password": "seven loud geese in the rain"}
    answer = signed_in.post("/auth/password-reset", new, headers={})
    assert declined(answer) == "token_invalid"


def test_an_unproven_one_gets_no_link_and_reserves_nothing(
    signed_in, make, ada, program
):
    add(signed_in, ada)
    signed_in.post("/auth/password-reset/email", {"email": NEW})
    assert [mail.kind for mail in make.records.mails_to(NEW)] == ["address_confirm"]
    bob = make.users.account(NEW)
    assert signs_in(signed_in, NEW, bob.password)
    late = signed_in.post(CONFIRM, proof(make), headers={})
    assert declined(late) == "token_invalid"


def test_two_users_may_wait_for_one_address_and_the_first_gets_it(
    app, signed_in, make, ada
):
    add(signed_in, ada)
    first = proof(make)
    bob = make.users.account()
    signed_in.sign_in(bob)
    add(signed_in, bob)
    second = proof(make)
    assert signed_in.post(CONFIRM, second, headers={}).status_code == 204
    assert declined(signed_in.post(CONFIRM, first, headers={})) == "token_invalid"
    assert addresses(signed_in)[1] == (NEW, True, False)


def test_after_a_day_it_is_gone(signed_in, make, ada, clock):
    add(signed_in, ada)
    clock.tick(hours=24, seconds=1)
    signed_in.sign_in(ada)
    assert addresses(signed_in) == [(ada.email, True, True)]
    assert declined(signed_in.post(CONFIRM, proof(make), headers={})) == "token_invalid"


def test_asked_for_again_it_is_mailed_again(signed_in, make, ada):
    assert add(signed_in, ada) == add(signed_in, ada)
    assert len(make.records.mails_to(NEW)) == 2
    assert signed_in.post(CONFIRM, proof(make), headers={}).status_code == 204


def test_nobody_else_can_sign_up_with_a_proven_one(signed_in, make, ada):
    add_proven(signed_in, make, ada)
    body = {"email": NEW, "password": ada.password}
    answer = signed_in.post("/auth/register", body, headers={})
    assert problem(answer) == (409, "email_taken")


def test_nor_add_it_nor_switch_to_it(signed_in, make, ada):
    add_proven(signed_in, make, ada)
    bob = make.users.account()
    signed_in.sign_in(bob)
    answer = signed_in.post(PATH, {"email": NEW, "password": bob.password})
    assert problem(answer) == (409, "email_taken")
    body = {"new_email": NEW, "password": bob.password}
    assert problem(signed_in.post("/account/email", body)) == (409, "email_taken")


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_a_private_server_does_not_tell_whose_it_is(signed_in, make, ada):
    bob = make.users.account()
    answers = [
        signed_in.post(PATH, {"email": email, "password": ada.password})
        for email in (bob.email, NEW)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert set(answers[0].json) == set(answers[1].json)
    assert make.records.mail_to(bob.email).kind == "account_exists"
    assert make.records.mail_to(NEW).kind == "address_confirm"


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_a_private_sign_up_with_a_proven_one_tells_its_owner(signed_in, make, ada):
    add_proven(signed_in, make, ada)
    body = {"email": NEW, "password": ada.password}
    assert signed_in.post("/auth/register", body, headers={}).status_code == 202
    assert [mail.kind for mail in make.records.mails_to(NEW)] == ["address_confirm"]
    assert make.records.mail_to(ada.email).kind == "account_exists"


def test_what_cannot_be_added_is_named(signed_in, make, ada):
    for email, code in [(ada.email.upper(), "unchanged"), ("nowhere", "invalid")]:
        answer = signed_in.post(PATH, {"email": email, "password": ada.password})
        assert fields(answer) == {"email": code}
    assert fields(signed_in.post(PATH, {"email": NEW})) == {"password": "required"}
    answer = signed_in.post(PATH, {"email": NEW, "password": "x"})
    assert declined(answer) == "wrong_password"
    assert make.records.mails_to(NEW) == []


def test_an_account_with_an_unproven_address_gets_no_other(program, make):
    bob = make.users.account(email_verified=False)
    program.sign_in(bob)
    answer = program.post(PATH, {"email": NEW, "password": bob.password})
    assert problem(answer) == (403, "email_not_verified")


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_MAIL_IP": "100/hour"}])
def test_there_are_ten_at_most(signed_in, make, ada):
    for number in range(9):
        add(signed_in, ada, f"{number}@example.com")
    body = {"email": NEW, "password": ada.password}
    assert problem(signed_in.post(PATH, body)) == (409, "too_many_addresses")


def test_one_makes_it_the_primary_and_the_old_one_stays(signed_in, make, ada):
    address_id = add_proven(signed_in, make, ada)
    body = {"password": ada.password}
    answer = signed_in.put(f"{PATH}/{address_id}/primary", body)
    assert (answer.status_code, answer.data) == (204, b"")
    assert addresses(signed_in) == [(NEW, True, True), (ada.email, True, False)]
    assert signed_in.get("/auth/me").json["user"]["email"] == NEW
    row = make.records.user_row(ada.id)
    assert (row["email"], row["email_key"]) == (NEW, NEW)
    assert make.records.mail_to(ada.email).kind == "email_changed"
    assert signs_in(signed_in, ada.email, ada.password)


def test_the_old_primary_can_undo_it(signed_in, make, ada, browser):
    address_id = add_proven(signed_in, make, ada)
    signed_in.put(f"{PATH}/{address_id}/primary", {"password": ada.password})
    browser.open(make.records.mail_to(ada.email).link)
    browser.submit()
    assert make.records.user_row(ada.id)["email"] == ada.email
    browser.submit(password="seven loud geese in the rain")
    signed_in.headers = {}
    assert not signs_in(signed_in, NEW, "seven loud geese in the rain")
    assert signs_in(signed_in, ada.email, "seven loud geese in the rain")


def test_the_primary_can_undo_an_addition(signed_in, make, ada, browser):
    add_proven(signed_in, make, ada)
    browser.open(make.records.mail_to(ada.email).link)
    browser.submit()
    browser.submit(password="seven loud geese in the rain")
    assert not signs_in(signed_in, NEW, "seven loud geese in the rain")
    assert problem(signed_in.get(PATH))[0] == 401


def test_an_address_of_old_survives_the_undo_of_a_later_one(
    signed_in, make, ada, browser, clock
):
    add_proven(signed_in, make, ada, "old@example.com")
    clock.tick(days=8)
    signed_in.sign_in(ada)
    add_proven(signed_in, make, ada)
    browser.open(make.records.mail_to(ada.email).link)
    browser.submit()
    browser.submit(password="seven loud geese in the rain")
    assert signs_in(signed_in, "old@example.com", "seven loud geese in the rain")
    assert not signs_in(signed_in, NEW, "seven loud geese in the rain")


def test_an_old_one_that_was_made_primary_goes_with_the_undo(
    signed_in, make, ada, browser, clock
):
    address_id = add_proven(signed_in, make, ada)
    clock.tick(days=8)
    signed_in.sign_in(ada)
    signed_in.put(f"{PATH}/{address_id}/primary", {"password": ada.password})
    browser.open(make.records.mail_to(ada.email).link)
    browser.submit()
    browser.submit(password="seven loud geese in the rain")
    assert not signs_in(signed_in, NEW, "seven loud geese in the rain")


def test_an_old_primary_that_was_removed_can_still_undo(signed_in, make, ada, browser):
    address_id = add_proven(signed_in, make, ada)
    signed_in.put(f"{PATH}/{address_id}/primary", {"password": ada.password})
    [undo] = [
        mail.link
        for mail in make.records.mails_to(ada.email)
        if mail.kind == "email_changed"
    ]
    [old] = [row["id"] for row in signed_in.get(PATH).json if not row["primary"]]
    assert signed_in.send("DELETE", f"{PATH}/{old}").status_code == 204
    bob = make.users.account()
    program = type(signed_in)(signed_in.client)
    program.sign_in(bob)
    taken = program.post(PATH, {"email": ada.email, "password": bob.password})
    assert problem(taken) == (409, "email_reserved")
    browser.open(undo)
    browser.submit()
    browser.submit(password="seven loud geese in the rain")
    assert make.records.user_row(ada.id)["email"] == ada.email
    assert signs_in(signed_in, ada.email, "seven loud geese in the rain")
    assert not signs_in(signed_in, NEW, "seven loud geese in the rain")


def test_one_that_another_may_still_come_back_to_is_not_proven(
    signed_in, make, ada, browser
):
    add(signed_in, ada)
    waits = proof(make)
    bob = make.users.account(NEW)
    browser.sign_in(NEW, bob.password)
    browser.open("/account/email")
    browser.submit("/account/email", new_email="bob@example.com")
    browser.open(make.records.mail_to("bob@example.com").link)
    browser.submit()
    assert declined(signed_in.post(CONFIRM, waits, headers={})) == "token_invalid"


def test_an_unproven_one_cannot_be_primary(signed_in, make, ada):
    address_id = add(signed_in, ada)
    body = {"password": ada.password}
    answer = signed_in.put(f"{PATH}/{address_id}/primary", body)
    assert problem(answer) == (403, "email_not_verified")


def test_the_primary_one_cannot_be_removed(signed_in, make, ada):
    [row] = signed_in.get(PATH).json
    answer = signed_in.send("DELETE", f"{PATH}/{row['id']}")
    assert problem(answer) == (409, "primary_address")


def test_a_removed_one_signs_in_no_more_and_is_told(signed_in, make, ada):
    address_id = add_proven(signed_in, make, ada)
    assert signed_in.send("DELETE", f"{PATH}/{address_id}").status_code == 204
    assert not signs_in(signed_in, NEW, ada.password)
    for email in (NEW, ada.email):
        assert make.records.mail_to(email).kind == "address_removed"
    again = signed_in.send("DELETE", f"{PATH}/{address_id}")
    assert problem(again) == (404, "no_such_address")


def test_a_stranger_cannot_touch_it(signed_in, make, ada):
    address_id = add_proven(signed_in, make, ada)
    bob = make.users.account()
    signed_in.sign_in(bob)
    path, body = f"{PATH}/{address_id}", {"password": bob.password}
    assert problem(signed_in.send("DELETE", path)) == (404, "no_such_address")
    assert problem(signed_in.put(f"{path}/primary", body)) == (404, "no_such_address")


def test_the_owner_keeps_what_is_written_down(signed_in, make, ada):
    address_id = add_proven(signed_in, make, ada)
    signed_in.send("DELETE", f"{PATH}/{address_id}")
    for event in ("requested", "added", "removed"):
        assert make.records.audited(f"email.address.{event}") == [("ok", ada.id)]


def test_the_pages_of_another_purpose_take_no_such_link(signed_in, make, ada):
    signed_in.post("/auth/password-reset/email", {"email": ada.email})
    mail = make.records.mail_to(ada.email)
    crossed = {"token": f"password_reset.{mail.token}"}
    answer = signed_in.post(CONFIRM, crossed, headers={})
    assert declined(answer) == "token_invalid"
    new = {"token": mail.token, "password": "seven loud geese in the rain"}
    assert signed_in.post("/auth/password-reset", new, headers={}).status_code == 204


def test_a_switch_to_an_own_further_address_moves_it(signed_in, make, ada):
    add_proven(signed_in, make, ada)
    body = {"new_email": NEW, "password": ada.password}
    assert signed_in.post("/account/email", body).status_code == 202
    [*_, mail] = make.records.mails_to(NEW)
    signed_in.post(CONFIRM, {"token": mail.token}, headers={})
    assert addresses(signed_in) == [(NEW, True, True)]
