"""Passkeys on pages: what their scripts send is judged as any form is."""

import gzip
import html
import json
import re
from urllib.parse import urlsplit

import pytest

from tests.authenticator import ISSUER, Authenticator, decoded, encoded
from tests.pages.passkeys import PATH, add, ask, field_of, see, sign_in

LOGIN = "/login"


def test_a_passkey_is_added_and_leads_on_where_one_was_going(http, make):
    make.browsers.sign_in(http)
    key = add(http, name="My phone")
    assert "My phone" in see(http).text
    answer = sign_in(http, key)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/data")
    assert http.get("/account").status_code == 200


def test_a_wrong_one_is_told_on_the_sign_in_page(http, make):
    make.browsers.sign_in(http)
    add(http)
    stranger = Authenticator()
    answer = sign_in(http, stranger)
    assert answer.status_code == 200
    assert "No passkey was used. Try again or use another way." in answer.text
    assert http.get("/account").status_code == 303


@pytest.mark.parametrize(
    "credential",
    ["", "{", "[]", "[" * 15_000, '{"id": 1}', '{"id": "\\ud800"}', '{"id": "\'><"}'],
)
def test_what_is_no_credential_is_refused(http, credential):
    token = field_of(http.get(LOGIN))
    asked = ask(http, token, path=f"{LOGIN}/passkey/options")
    form = {"csrf_token": token, "credential": credential, "ticket": asked["ticket"]}
    answer = http.post(f"{LOGIN}/passkey", data=form)
    assert "No passkey was used." in answer.text
    assert signals_of(answer) == {}


def test_the_button_is_shown_where_policies_allow_it(http, make):
    assert "data-passkey" in http.get(LOGIN).text
    make.policies.decide(sign_in_methods=["password"])
    assert "data-passkey" not in http.get(LOGIN).text


def test_adding_and_removing_want_a_fresh_proof(http, make, clock):
    make.browsers.sign_in(http)
    add(http)
    token = field_of(see(http))
    [one] = set(re.findall(rf"{PATH}/(\w+)/remove", see(http).text))
    clock.tick(minutes=11)
    for answer in (
        http.get(f"{PATH}/new"),
        http.post(f"{PATH}/{one}/remove", data={"csrf_token": token}),
    ):
        assert urlsplit(answer.headers["Location"]).path == "/account/confirm"
    assert "Passkey" in see(http).text


def test_a_passkey_is_renamed_and_removed(http, make):
    make.browsers.sign_in(http)
    add(http)
    page = see(http)
    form = {"csrf_token": field_of(page)}
    [one] = set(re.findall(rf"{PATH}/(\w+)/remove", page.text))
    for name, done in (("Blue key", "renamed"), (" ", "no_name")):
        answer = http.post(f"{PATH}/{one}/rename", data=form | {"name": name})
        assert answer.headers["Location"] == f"{PATH}?done={done}"
    assert "Blue key" in see(http).text
    assert "1 passkey" in http.get("/account/security").text
    for _ in range(2):
        form = {"csrf_token": field_of(http.get(f"{PATH}/new"))}
        answer = http.post(f"{PATH}/{one}/remove", data=form)
        assert answer.headers["Location"] == f"{PATH}?done=removed"
    assert "You have no passkey yet." in see(http).text


def test_the_first_security_key_shows_recovery_codes_once(http, make):
    make.browsers.sign_in(http)
    page = create_key(http)
    codes = re.findall(r'<bdi dir="ltr">(\w{5}-\w{5})</bdi>', page.text)
    assert len(set(codes)) == 10
    assert "Save your recovery codes" in page.text
    assert f'href="{PATH}?done=added"' in page.text
    form = {"csrf_token": field_of(page), "codes": " ".join(codes)}
    file = http.post("/account/recovery-codes/download", data=form)
    assert all(code in file.text for code in codes)
    assert create_key(http).headers["Location"] == f"{PATH}?done=added"


def create_key(http):
    token = field_of(http.get(f"{PATH}/new?second_step=1"))
    asked = ask(http, token, path=f"{PATH}/new/options?second_step=1")
    shown = json.dumps(Authenticator().create(asked["options"]))
    form = {"csrf_token": token, "ticket": asked["ticket"], "credential": shown}
    return http.post(f"{PATH}/new", data=form | {"second_step": "1"})


def test_the_last_way_in_stays(http, make):
    make.browsers.sign_in(http)
    add(http)
    page = see(http)
    make.policies.decide(sign_in_methods=["passkey"])
    [one] = set(re.findall(rf"{PATH}/(\w+)/remove", page.text))
    form = {"csrf_token": field_of(page)}
    answer = http.post(f"{PATH}/{one}/remove", data=form)
    assert "only way to sign in" in see(http, path=answer.headers["Location"]).text


def test_who_has_one_is_not_told_apart_by_the_page(http):
    asked = ask(http, field_of(http.get(LOGIN)), path=f"{LOGIN}/passkey/options")
    assert asked["options"].get("allowCredentials", []) == []
    assert asked["options"]["rpId"] == "idp.example"


def signals_of(answer):
    """Return what the script of a page tells authenticators, by its name."""
    found = re.findall(r"data-signals='([^']*)'", answer.text)
    return dict(json.loads(html.unescape(found[0]))) if found else {}


def test_a_device_may_forget_a_passkey_that_no_account_has(http, make):
    make.browsers.sign_in(http)
    key, stranger = add(http), Authenticator()
    told = signals_of(sign_in(http, stranger))
    unknown = {"rpId": "idp.example", "credentialId": encoded(stranger.credential_id)}
    assert told == {"signalUnknownCredential": unknown}
    assert signals_of(http.get(LOGIN)) == {}
    stranger.credential_id = key.credential_id
    refused = sign_in(http, stranger)
    assert "No passkey was used." in refused.text
    assert signals_of(refused) == {}


@pytest.mark.parametrize("ticket", ["", "one that was not given"])
def test_only_who_answers_a_challenge_learns_what_is_unknown(http, ticket):
    shown = json.dumps({"id": encoded(b"some credential")})
    form = {"csrf_token": field_of(http.get(LOGIN)), "credential": shown}
    answer = http.post(f"{LOGIN}/passkey", data=form | {"ticket": ticket})
    assert "No passkey was used." in answer.text
    assert signals_of(answer) == {}


def test_a_passkey_that_options_make_up_is_not_told_from_one_that_there_is(http):
    token = field_of(http.get(LOGIN))
    headers = {"X-CSRF-Token": token, "Origin": ISSUER}
    asked = http.post(
        "/auth/passkey/options", json={"login": "nobody"}, headers=headers
    ).json
    assert asked["options"]["allowCredentials"]
    for made_up in asked["options"]["allowCredentials"]:
        own = ask(http, token, path=f"{LOGIN}/passkey/options")
        key = Authenticator()
        key.credential_id = decoded(made_up["id"])
        shown = json.dumps(key.get(own["options"]))
        form = {"csrf_token": token, "ticket": own["ticket"], "credential": shown}
        answer = http.post(f"{LOGIN}/passkey", data=form)
        assert "No passkey was used." in answer.text
        assert signals_of(answer) == {}


def test_devices_learn_which_passkeys_are_left_and_whose_they_are(http, make):
    account = make.users.account(name="Ada O'Neil <b>")
    make.browsers.sign_in(http, person=account)
    keys = [add(http), add(http)]
    told = signals_of(see(http))
    user = {"rpId": "idp.example", "userId": encoded(account.id.encode())}
    left = [encoded(key.credential_id) for key in reversed(keys)]
    assert told["signalAllAcceptedCredentials"] == user | {
        "allAcceptedCredentialIds": left
    }
    named = user | {"name": account.email, "displayName": "Ada O'Neil <b>"}
    assert told["signalCurrentUserDetails"] == named
    for path in ("/account", "/account/profile"):
        assert signals_of(see(http, path=path)) == {"signalCurrentUserDetails": named}
    keys[0].count = 5
    sign_in(http, keys[0])
    keys[0].count = 1
    sign_in(http, keys[0])  # its counter went back
    sign_in(http, keys[1])
    left = signals_of(see(http))["signalAllAcceptedCredentials"]
    assert left["allAcceptedCredentialIds"] == [encoded(keys[1].credential_id)]


def test_who_has_a_passkey_may_go_without_a_password(http, make, clock):
    make.policies.decide(sign_in_methods=["password", "passkey"])
    account = make.users.account()
    make.browsers.sign_in(http, person=account)
    page = see(http, path="/account/password")
    assert "Go without a password" not in page.text
    refused = http.post("/account/password/remove", data={"csrf_token": field_of(page)})
    assert refused.headers["Location"] == "/account/password"
    key = add(http)
    clock.tick(minutes=11)
    page = see(http, path="/account/password")
    assert "Go without a password" in page.text
    form = {"csrf_token": field_of(page)}
    late = http.post("/account/password/remove", data=form)
    assert urlsplit(late.headers["Location"]).path == "/account/confirm"
    assert sign_in(http, key).status_code == 303
    form = {"csrf_token": field_of(see(http, path="/account/password"))}
    done = http.post("/account/password/remove", data=form)
    said = see(http, path=done.headers["Location"]).text
    assert "Your password was removed." in said
    assert "Go without a password" not in said
    assert "Your account has none." in see(http, path="/account/security").text


def test_so_may_who_has_a_linked_provider_and_no_passkey(http, make):
    ada = make.browsers.sign_in(http)
    make.providers.link(make.providers.provider().id, ada.user_id)
    page = see(http, path="/account/password")
    assert "You can sign in without it." in page.text


def test_who_signs_in_with_one_is_not_reminded_of_a_second_factor(http, make):
    make.policies.decide(second_factor="required", enrol_grace_days=7)
    make.browsers.sign_in(http)
    key = add(http)
    assert sign_in(http, key).headers["Location"] == "/account/data"


def reset_link(http, make, account):
    page = http.get("/forgot-password")
    form = {"csrf_token": field_of(page), "email": account.email}
    http.post("/forgot-password", data=form)
    return make.records.mail_to(account.email).link


def replace_password(http, link, *, key):
    token, mailed = field_of(http.get(link)), link.partition("token=")[2]
    headers = {"X-CSRF-Token": token}
    path = "/password-reset/passkey"
    asked = http.post(f"{path}/options", data={"token": mailed}, headers=headers)
    if asked.status_code != 200:
        return asked
    shown = json.dumps(key.create(asked.json["options"]))
    form = {"csrf_token": token, "token": mailed, "ticket": asked.json["ticket"]}
    return http.post(path, data=form | {"credential": shown})


def test_a_passkey_takes_the_place_of_a_password_that_was_lost(http, make):
    account, key = make.users.account(), Authenticator()
    make.browsers.sign_in(http, person=account)
    link = reset_link(http, make, account)
    assert "Create a passkey instead" in http.get(link).text
    wrong = Authenticator()
    wrong.rp_id = "evil.example"
    refused = replace_password(http, link, key=wrong)
    assert "The passkey could not be added. Try again." in refused.text
    done = replace_password(http, link, key=key)
    assert done.headers["Location"] == "/login?switch=1"
    assert http.get("/account").status_code == 303  # every session ended
    assert http.get(link).status_code == 400  # it works once
    assert sign_in(http, key).status_code == 303
    assert "Your account has none." in see(http, path="/account/security").text
    kinds = {mail.kind for mail in make.records.mails_to(account.email)}
    assert {"password_removed", "passkey_added"} <= kinds


@pytest.mark.parametrize("why", ["two steps", "policy", "unproven"])
def test_where_a_mailbox_is_not_enough_no_passkey_takes_its_place(http, make, why):
    account = make.users.account(email_verified=why != "unproven")
    if why == "two steps":
        make.factors.totp(account)
    if why == "policy":
        make.policies.decide(sign_in_methods=["password"])
    link = reset_link(http, make, account)
    assert "Create a passkey instead" not in http.get(link).text
    assert replace_password(http, link, key=Authenticator()).status_code == 409


def test_the_sign_in_page_stays_light_with_its_script_and_style(http):
    page = http.get(LOGIN)
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', page.text))
    bodies = [page.data, *(http.get(path).data for path in files)]
    assert len(bodies) == 3
    assert sum(len(gzip.compress(body)) for body in bodies) <= 14 * 1024


SIGN_UP = "/register/passkey"


def sign_up(http, key, **typed):
    token = field_of(http.get("/register"))
    wanted = {"name": "Grace", "email": "grace@example.com"} | typed
    headers = {"X-CSRF-Token": token}
    asked = http.post(f"{SIGN_UP}/options", data=wanted, headers=headers)
    if asked.status_code != 200:
        return asked
    shown = json.dumps(key.create(asked.json["options"]))
    form = {"csrf_token": token, "ticket": asked.json["ticket"], "credential": shown}
    return http.post(SIGN_UP, data=form | wanted | {"return_to": "/account/data"})


def test_an_account_is_made_with_a_passkey_and_no_password(http, make):
    key = Authenticator()
    assert sign_up(http, key).status_code == 303
    mailed = make.records.mail_to("grace@example.com")
    page = http.get(mailed.link)
    form = {"csrf_token": field_of(page), "token": mailed.link.partition("token=")[2]}
    assert http.post("/email-verification", data=form).status_code == 303
    assert sign_in(http, key).headers["Location"] == "/account/data"
    assert "Your account has none." in see(http, path="/account/security").text


def test_a_passkey_that_made_no_account_is_told_and_forgotten(http, make):
    key, account = Authenticator(), make.users.account()
    answer = sign_up(http, key, email=account.email)
    assert "Sign in with this email" in answer.text
    [[method, told]] = signals_of(answer).items()
    assert method == "signalUnknownCredential"
    assert told["credentialId"] == encoded(key.credential_id)
    wrong = Authenticator()
    wrong.rp_id = "evil.example"
    refused = sign_up(http, wrong)
    assert "The passkey could not be added. Try again." in refused.text
    assert 'value="grace@example.com"' in refused.text
    assert sign_up(http, key, email="no address").status_code == 400
    assert sign_up(http, key, email="").status_code == 400


def test_sign_up_offers_a_passkey_where_policies_allow_it(http, make):
    assert "Create a passkey instead" in http.get("/register").text
    make.policies.decide(sign_in_methods=["password"])
    assert "Create a passkey instead" not in http.get("/register").text
    assert sign_up(http, Authenticator()).status_code == 403
