"""/api/admin/invites: who may have an account here."""

import pytest

from tests.api.callers import Program, declined, fields, problem

PATH = "/api/admin/invites"
ACCEPT, DECLINE = "/auth/invites/accept", "/auth/invites/decline"
GRACE = "grace@example.com"


@pytest.fixture
def environ():
    return {"IDP_RATELIMIT_MAIL_ADDRESS": "off"}


@pytest.fixture
def admin(app, program, make):
    """A program of an admin who signed in just now."""
    make.clients.spa()
    program.sign_in(make.users.account("ada@example.com", roles=["admin"], name="Ada"))
    return program


@pytest.fixture
def invite(admin):
    """Return a function that invites an address and returns the answer's JSON."""

    def send(email=GRACE, **more):
        answer = admin.post(PATH, {"email": email, **more})
        assert answer.status_code == 201, answer.text
        return answer.json

    return send


@pytest.fixture
def stranger(app):
    """A caller who is signed in nowhere."""
    return Program(app.test_client(use_cookies=False))


def token_of(url):
    return url.partition("token=")[2]


def test_an_invite_is_mailed_and_its_token_told_to_nobody_else(make, invite):
    made = invite()
    assert (made["email"], made["state"], made["mailed"]) == (GRACE, "open", True)
    assert "url" not in made
    mail = make.records.mail_to(GRACE)
    assert mail.kind == "invite"
    assert "Ada invites you to" in mail.text
    assert mail.link.startswith("/invite?token=")
    assert mail.token not in str(made)


def test_a_link_that_is_not_mailed_is_told_once(admin, make, invite):
    made = invite(send=False)
    assert made["url"].startswith("https://idp.example/invite?token=")
    assert make.records.mails_to(GRACE) == []
    assert "url" not in admin.get(f"{PATH}/{made['id']}").json


def test_a_mailed_link_makes_the_account_and_signs_in_once(make, invite, stranger):
    invite()
    token = make.records.mail_to(GRACE).token
    joined = stranger.post(ACCEPT, {"token": token, "name": "Grace"})
    assert joined.status_code == 200, joined.text
    user = joined.json["user"]
    assert (user["email"], user["email_verified"], user["name"]) == (
        GRACE,
        True,
        "Grace",
    )
    assert "access_token" in joined.json
    assert declined(stranger.post(ACCEPT, {"token": token})) == "token_invalid"
    assert [m.kind for m in make.records.mails_to(GRACE)] == ["invite"]


def test_a_password_that_came_along_signs_in_from_then_on(make, invite, stranger):
    invite()
    token = make.records.mail_to(GRACE).token
    weak = stranger.post(ACCEPT, {"token": token, "password": "password"})
    assert set(fields(weak)) == {"password"}
    said = {"token": token, "password": "nine quiet otters by the lake"}
    assert "access_token" in stranger.post(ACCEPT, said).json
    again = {"login": GRACE, "password": said["password"]}
    assert "access_token" in stranger.post("/auth/login", again).json


def test_who_has_the_address_signs_in_first(make, admin, invite, stranger):
    grace = make.users.account(GRACE)
    invite()
    token = make.records.mail_to(GRACE).token
    assert problem(stranger.post(ACCEPT, {"token": token})) == (401, "sign_in_first")
    other = make.users.account()
    stranger.sign_in(other)
    assert problem(stranger.post(ACCEPT, {"token": token})) == (401, "sign_in_first")
    stranger.headers = {}
    stranger.sign_in(grace)
    assert stranger.post(ACCEPT, {"token": token}).json["user"]["id"] == grace.id
    [item] = admin.get(PATH).json["items"]
    assert (item["state"], item["accepted_by"]) == ("accepted", grace.id)


def test_a_further_address_counts_once_it_is_proven(make, invite, stranger):
    ada = make.users.account()
    stranger.sign_in(ada)
    invite()
    token = make.records.mail_to(GRACE).token
    stranger.post("/account/emails", {"email": GRACE})
    assert problem(stranger.post(ACCEPT, {"token": token})) == (401, "sign_in_first")
    make.users.further_email(ada, GRACE)
    assert stranger.post(ACCEPT, {"token": token}).json["user"]["id"] == ada.id


def test_an_address_that_is_not_proven_accepts_nothing(make, invite, stranger):
    stranger.sign_in(make.users.account(GRACE, email_verified=False))
    url = invite(send=False)["url"]
    assert problem(stranger.post(ACCEPT, {"token": token_of(url)})) == (
        401,
        "sign_in_first",
    )


def test_a_link_that_was_handed_over_tells_nothing_of_the_address(
    make, invite, stranger
):
    make.users.account(GRACE)
    answers = []
    for email in (GRACE, "nobody@example.com"):
        made = invite(email, send=False)
        answer = stranger.post(ACCEPT, {"token": token_of(made["url"])})
        said = {name for name in made if name not in ("id", "email", "url")}
        answers.append((said, problem(answer)))
    assert answers[0] == answers[1]
    assert answers[0][1] == (401, "sign_in_first")


def test_an_invite_is_over_after_seven_days(make, admin, invite, stranger, clock):
    made = invite()
    token = make.records.mail_to(GRACE).token
    clock.tick(days=7)
    assert declined(stranger.post(ACCEPT, {"token": token})) == "token_invalid"
    assert declined(stranger.post(DECLINE, {"token": token})) == "token_invalid"
    admin.sign_in(make.users.account(roles=["admin"]))
    assert admin.get(f"{PATH}/{made['id']}").json["state"] == "expired"


def test_one_that_is_sent_again_has_another_link(make, admin, invite, stranger):
    made = invite()
    old = make.records.mail_to(GRACE).token
    again = admin.post(f"{PATH}/{made['id']}/resend", {})
    assert (again.status_code, again.json["id"]) == (200, made["id"])
    assert declined(stranger.post(ACCEPT, {"token": old})) == "token_invalid"
    new = make.records.mails_to(GRACE)[-1].token
    assert "access_token" in stranger.post(ACCEPT, {"token": new}).json
    over = admin.post(f"{PATH}/{made['id']}/resend", {})
    assert problem(over) == (409, "invite_over")


def test_one_that_is_withdrawn_opens_nothing(make, admin, invite, stranger):
    made = invite()
    token = make.records.mail_to(GRACE).token
    assert admin.send("DELETE", f"{PATH}/{made['id']}").status_code == 204
    assert declined(stranger.post(ACCEPT, {"token": token})) == "token_invalid"
    assert problem(admin.send("DELETE", f"{PATH}/{made['id']}")) == (
        409,
        "invite_over",
    )


def test_one_that_is_declined_opens_nothing(make, admin, invite, stranger):
    made = invite()
    token = make.records.mail_to(GRACE).token
    assert stranger.post(DECLINE, {"token": token}).status_code == 204
    assert declined(stranger.post(ACCEPT, {"token": token})) == "token_invalid"
    assert admin.get(f"{PATH}/{made['id']}").json["state"] == "declined"


def test_inviting_again_replaces_what_was_open(make, admin, invite, stranger):
    first = invite()
    old = make.records.mail_to(GRACE).token
    invite()
    assert admin.get(f"{PATH}/{first['id']}").json["state"] == "withdrawn"
    assert declined(stranger.post(ACCEPT, {"token": old})) == "token_invalid"


def test_several_are_invited_at_once_or_none(admin):
    emails = ["a@example.com", "no address", "A@example.com"]
    refused = admin.post(PATH, {"emails": emails})
    assert fields(refused) == {"emails.1": "invalid"}
    assert admin.get(PATH).json["items"] == []
    made = admin.post(PATH, {"emails": [emails[0], emails[2], "b@example.com"]})
    assert [each["email"] for each in made.json["items"]] == [
        "a@example.com",
        "b@example.com",
    ]


def test_links_that_are_told_once_are_not_kept_for_a_repeat(admin):
    body = {"emails": ["a@example.com"], "send": False}
    key = {"Idempotency-Key": "once"}
    made = admin.post(PATH, body, headers=key)
    assert "url" in made.json["items"][0]
    repeated = admin.post(PATH, body, headers=key)
    assert problem(repeated) == (409, "secret_shown_once")


def test_the_list_goes_on_page_by_page_and_is_searched(admin):
    emails = [f"{letter}@example.com" for letter in "abc"]
    admin.post(PATH, {"emails": emails, "send": False})
    first = admin.get(f"{PATH}?limit=2").json
    rest = admin.get(f"{PATH}?limit=2&cursor={first['next_cursor']}").json
    listed = [each["email"] for each in first["items"] + rest["items"]]
    assert (len(first["items"]), sorted(listed)) == (2, emails)
    found = admin.get(f"{PATH}?query=B@").json["items"]
    assert [each["email"] for each in found] == ["b@example.com"]
    [one] = found
    admin.send("DELETE", f"{PATH}/{one['id']}")
    left = admin.get(f"{PATH}?state=open").json["items"]
    assert {each["email"] for each in left} == {emails[0], emails[2]}


def test_a_change_of_what_was_not_seen_is_refused(admin, invite):
    made = invite(send=False)
    seen = {"If-Match": admin.get(f"{PATH}/{made['id']}").headers["ETag"]}
    admin.post(f"{PATH}/{made['id']}/resend", {})
    late = admin.send("DELETE", f"{PATH}/{made['id']}", headers=seen)
    assert problem(late) == (412, "precondition_failed")


@pytest.mark.parametrize("environ", [{"IDP_REGISTRATION": "closed"}])
def test_no_invite_opens_a_server_that_is_closed(make, invite, stranger, environ):
    invite()
    token = make.records.mail_to(GRACE).token
    assert problem(stranger.post(ACCEPT, {"token": token})) == (
        403,
        "registration_closed",
    )


def test_where_nobody_signs_in_by_a_link_none_of_an_invite_does(make, invite, stranger):
    make.policies.decide(sign_in_methods=["password", "passkey"])
    invite()
    token = make.records.mail_to(GRACE).token
    assert problem(stranger.post(ACCEPT, {"token": token})) == (401, "sign_in_first")


def test_what_was_done_is_in_the_log_without_the_address(make, admin, invite, stranger):
    made = invite()
    token = make.records.mail_to(GRACE).token
    user = stranger.post(ACCEPT, {"token": token}).json["user"]
    assert make.records.audited("invite.accepted") == [("ok", user["id"])]
    [created] = make.records.audited_details("invite.created")
    assert created["invite_id"] == made["id"]
    assert GRACE not in str(created)


@pytest.mark.parametrize("name", ["https://evil.example", "evil.example\nwww.x", "@x"])
def test_a_name_in_a_mail_becomes_no_link(make, admin, name):
    hostile = make.users.account(roles=["admin"], name=name.replace("\n", " "))
    admin.headers = {}
    admin.sign_in(hostile)
    admin.post(PATH, {"email": GRACE})
    text = make.records.mail_to(GRACE).text
    assert "evil" not in text
    assert "You are invited to" in text


def test_one_that_leads_to_an_app_names_it_and_goes_on_there(
    make, admin, invite, browser, another_browser
):
    home = "https://diary.example/"
    diary = make.clients.spa(client_name="Diary", client_uri=home).client_id
    refused = admin.post(PATH, {"email": GRACE, "client_id": "nowhere"})
    assert fields(refused) == {"client_id": "unknown"}
    assert invite(client_id=diary)["client_id"] == diary
    mail = make.records.mail_to(GRACE)
    assert "\nTo go on to Diary\n" in mail.text
    browser.open(mail.link)
    assert "to continue to Diary" in browser.text
    browser.submit("/invite")
    onward = next(u for u in browser.page.links if u.startswith("/register/welcome"))
    browser.open(onward)
    assert home in browser.page.links
    bob = make.users.account("bob@example.com")
    invite("bob@example.com", client_id=diary)
    his = another_browser()
    his.sign_in(bob.email, bob.password)
    link = next(m.link for m in make.records.mails_to(bob.email) if m.kind == "invite")
    his.open(link)
    his.submit("/invite")
    assert home in his.page.links
