"""/api/organizations/{id}/invites: asked to become members, by whom, as what."""

import pytest

from tests.api.callers import Program, bearer, declined, fields, problem
from tests.make_users import PASSWORD

ACCEPT = "/auth/invites/accept"
EVE = "eve@example.com"
FIRST = (401, "sign_in_first")


@pytest.fixture
def environ():
    return {"IDP_RATELIMIT_MAIL_ADDRESS": "off"}


@pytest.fixture
def invites(acme):
    return f"{acme}/invites"


@pytest.fixture
def stranger(app):
    return Program(app.test_client(use_cookies=False))


def token_of(made):
    return made.json["url"].partition("token=")[2]


def test_a_mailed_invite_makes_account_and_membership(
    owner, invites, stranger, make, acme
):
    made = owner.post(invites, {"email": EVE, "roles": ["admin"]})
    assert (made.status_code, made.json["roles"]) == (201, ["admin"])
    mail = make.records.mail_to(EVE)
    assert "Ada invites you to join Acme at" in mail.text
    joined = stranger.post(ACCEPT, {"token": mail.token, "name": "Eve"}).json
    assert "access_token" in joined
    assert joined["membership"]["organization"]["name"] == "Acme"
    assert joined["membership"]["roles"] == ["admin"]
    found = owner.get(f"{acme}/members?query={EVE}").json["items"]
    assert [each["role"] for each in found] == ["admin"]


def test_a_user_joins_with_the_roles_of_the_invite(owner, invites, enter, make, acme):
    eve = enter(make.users.account(EVE))
    owner.put(f"{acme}/roles/billing", {})
    body = {"email": EVE, "roles": ["billing"], "send": False}
    made = owner.post(invites, body)
    joined = eve.post(ACCEPT, {"token": token_of(made)}).json
    assert joined["membership"]["roles"] == ["member", "billing"]
    assert "access_token" not in joined


def test_a_role_that_is_gone_meanwhile_is_left_out(owner, invites, enter, make, acme):
    eve = enter(make.users.account(EVE))
    owner.put(f"{acme}/roles/billing", {})
    body = {"email": EVE, "roles": ["billing"], "send": False}
    made = owner.post(invites, body)
    owner.send("DELETE", f"{acme}/roles/billing")
    joined = eve.post(ACCEPT, {"token": token_of(made)}).json
    assert joined["membership"]["roles"] == ["member"]


def test_members_invite_nobody_and_admins_no_owners(
    owner, member, invites, people, grace
):
    assert problem(member.get(invites)) == (403, "insufficient_role")
    asked = member.post(invites, {"email": EVE})
    assert problem(asked) == (403, "insufficient_role")
    owner.send("PATCH", f"{people}/{grace.id}", {"role": "admin"})
    assert member.post(invites, {"email": EVE}).status_code == 201
    boss = member.post(invites, {"email": EVE, "roles": ["owner"]})
    assert problem(boss) == (403, "insufficient_role")
    [one] = member.get(f"{invites}?state=open").json["items"]
    assert owner.post(invites, {"email": EVE, "roles": ["owner"]}).status_code == 201
    [of_owner] = member.get(f"{invites}?state=open").json["items"]
    again = member.post(f"{invites}/{of_owner['id']}/resend", {})
    assert problem(again) == (403, "insufficient_role")
    assert one["id"] != of_owner["id"]


def test_roles_and_addresses_that_there_are_not_are_refused(owner, invites):
    wrong = owner.post(invites, {"email": EVE, "roles": ["boss"]})
    assert fields(wrong) == {"roles": "unknown"}
    assert fields(owner.post(invites, {"emails": ["no"]})) == {"emails.0": "invalid"}
    assert owner.get(invites).json["items"] == []


def test_strangers_see_no_invites(owner, invites, enter, make):
    made = owner.post(invites, {"email": EVE})
    other = enter(make.users.account())
    for answer in (
        other.get(invites),
        other.post(invites, {"email": EVE}),
        other.send("DELETE", f"{invites}/{made.json['id']}"),
    ):
        assert problem(answer) == (404, "unknown_organization")


def test_invites_of_another_organization_are_none_here(owner, invites, acme):
    made = owner.post(invites, {"email": EVE})
    other = owner.post("/api/organizations", {"name": "Other"}).json["id"]
    path = f"/api/organizations/{other}/invites/{made.json['id']}"
    for method in ("GET", "DELETE"):
        assert problem(owner.send(method, path)) == (404, "no_such_invite")
    assert problem(owner.post(f"{path}/resend", {})) == (404, "no_such_invite")


def test_a_personal_organization_has_no_invites(owner):
    own = owner.get("/auth/me").json["memberships"][0]["organization"]["id"]
    refused = owner.post(f"/api/organizations/{own}/invites", {"email": EVE})
    assert problem(refused) == (409, "personal_organization")


@pytest.mark.usefixtures("clock")
def test_an_organization_that_no_operator_knows_invites_fifty_a_day(
    owner, invites, make, enter, acme
):
    many = [f"p{number}@example.com" for number in range(49)]
    body = {"emails": many, "send": False}
    assert owner.post(invites, body).status_code == 201
    two = owner.post(invites, {"emails": ["x@example.com", EVE], "send": False})
    assert problem(two) == (429, "too_many_requests")
    made = owner.post(invites, {"email": EVE, "send": False})
    assert made.status_code == 201
    again = owner.post(f"{invites}/{made.json['id']}/resend", {"send": False})
    assert problem(again) == (429, "too_many_requests")
    operator = enter(make.users.account(roles=["admin"]))
    approved = operator.send("PATCH", acme, {"approved": True})
    assert approved.status_code == 200, approved.text
    assert owner.post(invites, {"email": "x@example.com"}).status_code == 201


def test_where_an_organization_is_out_of_use_nobody_joins(make, enter, acme, stranger):
    token = make.invites.invite(EVE, into=acme.rpartition("/")[2])
    token = token.partition("token=")[2]
    operator = enter(make.users.account(roles=["admin"]))
    off = operator.send("PATCH", acme, {"status": "disabled"})
    assert off.status_code == 200, off.text
    assert declined(stranger.post(ACCEPT, {"token": token})) == "token_invalid"
    assert make.records.user_id_of(EVE) is None


def test_operators_invite_by_their_permission(invites, make, enter):
    support = enter(make.users.account(roles=["support"]))
    assert support.post(invites, {"email": EVE}).status_code == 201
    auditor = enter(make.users.account(roles=["auditor"]))
    assert problem(auditor.post(invites, {"email": EVE})) == (403, "insufficient_role")


def test_operators_who_help_invite_plain_members_alone(invites, make, enter):
    support = enter(make.users.account(roles=["support"]))
    asked = support.post(invites, {"email": EVE, "roles": ["admin"], "send": False})
    assert problem(asked) == (403, "insufficient_role")


def test_operators_who_help_prove_first_who_they_are(invites, make, enter, clock):
    person = make.users.account(roles=["support"])
    support = enter(person)
    tokens = support.sign_in(person)
    clock.tick(minutes=11)
    again = {"refresh_token": tokens["refresh_token"]}
    renewed = support.post("/auth/refresh", again, headers={})
    support.headers = bearer(renewed.json)
    asked = support.post(invites, {"email": EVE, "send": False})
    assert problem(asked) == (403, "reauthentication_required")


def test_an_invite_gives_no_more_than_its_sender_may_give_by_then(
    owner, member, grace, invites, stranger
):
    place = invites.replace("/invites", f"/members/{grace.id}")
    owner.send("PATCH", place, {"role": "owner"})
    sent = member.post(invites, {"email": EVE, "roles": ["owner"], "send": False})
    assert problem(stranger.post(ACCEPT, {"token": token_of(sent)})) == FIRST
    owner.send("PATCH", place, {"role": "admin"})
    assert declined(stranger.post(ACCEPT, {"token": token_of(sent)})) == "token_invalid"
    owner.send("PATCH", place, {"role": "owner"})
    assert problem(stranger.post(ACCEPT, {"token": token_of(sent)})) == FIRST


@pytest.fixture
def sent_by_grace(owner, member, grace, invites, make):
    """The token of a mail to Eve, who is to be an admin as Grace is."""
    place = invites.replace("/invites", f"/members/{grace.id}")
    assert owner.send("PATCH", place, {"role": "admin"}).status_code == 200
    sent = member.post(invites, {"email": EVE, "roles": ["admin"]})
    assert sent.status_code == 201, sent.text
    return make.records.mail_to(EVE).token


def test_who_is_disabled_lets_nobody_in(sent_by_grace, grace, make, enter, stranger):
    operator = enter(make.users.account(roles=["admin"]))
    off = operator.send("PATCH", f"/api/accounts/{grace.id}", {"status": "disabled"})
    assert off.status_code == 200, off.text
    answer = stranger.post(ACCEPT, {"token": sent_by_grace})
    assert declined(answer) == "token_invalid"


def test_who_is_a_member_already_stays_what_they_are(owner, member, invites, grace):
    body = {"email": grace.email, "roles": ["admin"], "send": False}
    made = owner.post(invites, body)
    joined = member.post(ACCEPT, {"token": token_of(made)}).json
    assert joined["membership"]["roles"] == ["member"]


def test_a_name_of_an_organization_becomes_no_link(owner, make):
    made = owner.post("/api/organizations", {"name": "Win at evil.example/now"})
    path = f"/api/organizations/{made.json['id']}/invites"
    owner.post(path, {"email": EVE})
    text = make.records.mail_to(EVE).text
    assert "evil" not in text
    assert "Ada invites you to" in text


@pytest.mark.parametrize("environ", [{"IDP_REGISTRATION": "invite"}])
def test_an_invite_opens_sign_up_for_its_address_alone(
    owner, invites, stranger, environ
):
    made = owner.post(invites, {"email": EVE, "send": False})
    new = {"email": EVE, "password": PASSWORD}
    refused = stranger.post("/auth/register", new)
    assert problem(refused) == (403, "registration_closed")
    invite = {"invite": token_of(made)}
    other = stranger.post("/auth/register", new | invite | {"email": "x@example.com"})
    assert problem(other) == (403, "registration_closed")
    signed_up = stranger.post("/auth/register", new | invite)
    assert signed_up.status_code == 201, signed_up.text
    assert signed_up.json["user"]["email_verified"] is False
    unknown = stranger.post("/auth/register", new | {"invite": "made-up"})
    assert fields(unknown) == {"invite": "invalid"}


def test_a_sign_up_with_a_mailed_invite_joins_at_once(
    owner, invites, stranger, make, acme
):
    owner.post(invites, {"email": EVE})
    body = {
        "email": EVE,
        "password": PASSWORD,
        "invite": make.records.mail_to(EVE).token,
    }
    signed_up = stranger.post("/auth/register", body)
    assert signed_up.json["user"]["email_verified"] is True
    assert len(owner.get(f"{acme}/members?query={EVE}").json["items"]) == 1
    assert [m.kind for m in make.records.mails_to(EVE)] == ["invite"]


def test_what_somebody_sent_who_is_gone_opens_nothing(
    owner, member, invites, people, grace
):
    owner.send("PATCH", f"{people}/{grace.id}", {"role": "admin"})
    made = member.post(invites, {"email": EVE, "roles": ["admin"]})
    kept = owner.post(invites, {"email": "x@example.com"})
    assert owner.send("DELETE", f"{people}/{grace.id}").status_code == 204
    states = [
        owner.get(f"{invites}/{each.json['id']}").json["state"] for each in (made, kept)
    ]
    assert states == ["withdrawn", "open"]


@pytest.mark.parametrize(
    "environ",
    [{"IDP_ACCOUNT_PRIVACY": "private", "IDP_RATELIMIT_MAIL_ADDRESS": "off"}],
)
@pytest.mark.parametrize("send", [True, False])
def test_under_privacy_no_answer_tells_who_has_an_account(
    owner, invites, stranger, make, send
):
    make.users.account(EVE)
    seen = []
    for email in (EVE, "nobody@example.com"):
        made = owner.post(invites, {"email": email, "send": send})
        listed = owner.get(f"{invites}?query={email}").json["items"][0]
        said = (made.status_code, sorted(made.json), sorted(listed), listed["state"])
        if not send:
            body = {"token": token_of(made)}
            said += (problem(stranger.post(ACCEPT, body)),)
        seen.append(said)
    assert seen[0] == seen[1]


@pytest.mark.parametrize("username", ["security", "Admin"])
def test_an_invite_gives_no_username_that_is_reserved(
    owner, invites, stranger, make, username
):
    owner.post(invites, {"email": EVE, "roles": ["member"]})
    body = {"token": make.records.mail_to(EVE).token, "name": "Eve"}
    refused = stranger.post(ACCEPT, body | {"username": username})
    assert problem(refused) == (409, "username_taken")
