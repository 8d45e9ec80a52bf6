"""One invite answered several times at one moment: one answer counts."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.accounts.sign_in.at_once import CALLERS, ROUNDS, at_once, finished
from tests.api.callers import Program, bearer
from tests.issuer import IssuerClient

GRACE = "grace@example.com"
ACCEPT, DECLINE = "/auth/invites/accept", "/auth/invites/decline"
INVITES = "/api/admin/invites"


@pytest.fixture
def environ():
    return {
        "IDP_THREADS": str(CALLERS),
        "IDP_RATELIMIT_MAIL_ADDRESS": "off",
        "IDP_RATELIMIT_REGISTER_IP": "off",
    }


@pytest.fixture
def admin(app, make):
    make.clients.spa()  # and the key that signs the tokens of sign-ins
    app.test_client_class = IssuerClient
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(make.users.account(roles=["admin"]))
    return program


def test_a_link_makes_one_account(app, admin, make):
    for number in range(ROUNDS):
        address = f"grace{number}@example.com"
        token = make.invites.invite(address).partition("token=")[2]
        answers = at_once(app, [{"token": token}] * CALLERS, path=ACCEPT)
        assert finished(answers) == 1
        assert {a.status_code for a in answers} <= {200, 401}
        assert make.records.audited("invite.accepted")[number][0] == "ok"
    assert len(make.records.audited("invite.accepted")) == ROUNDS


def test_a_user_accepts_once(app, admin, make):
    grace = make.users.account(GRACE)
    program = Program(app.test_client(use_cookies=False))
    tokens = program.sign_in(grace)
    for number in range(1, ROUNDS + 1):
        token = make.invites.invite(GRACE).partition("token=")[2]
        bodies = [{"token": token}] * CALLERS
        answers = at_once(app, bodies, path=ACCEPT, headers=bearer(tokens))
        assert sum("user" in answer.json for answer in answers) == 1
        assert len(make.records.audited("invite.accepted")) == number


def test_one_is_accepted_or_withdrawn_or_declined(app, admin, make):
    for number in range(ROUNDS):
        address = f"grace{number}@example.com"
        token = make.invites.invite(address).partition("token=")[2]
        [row] = admin.get(f"{INVITES}?query={address}").json["items"]
        calls = [
            (ACCEPT, {"token": token}),
            (DECLINE, {"token": token}),
            (ACCEPT, {"token": token}),
        ]
        answers = at_once_with_withdrawal(app, calls, admin=admin, invite=row["id"])
        accepted, declined, _, withdrawn = answers
        done = [
            finished([accepted, answers[2]]) == 1,
            declined.status_code == 204,
            withdrawn.status_code == 204,
        ]
        assert sum(done) == 1, [answer.text for answer in answers]
        has_account = make.records.user_id_of(address) is not None
        assert has_account is done[0]


def at_once_with_withdrawal(app, calls, *, admin, invite):
    """Send calls of a stranger and a withdrawal at one moment."""

    start = Barrier(len(calls) + 1)

    def withdraw():
        start.wait()
        return admin.send("DELETE", f"{INVITES}/{invite}")

    def send(call):
        caller = Program(app.test_client(use_cookies=False))
        start.wait()
        return caller.post(*call)

    with ThreadPoolExecutor(len(calls) + 1) as pool:
        last = pool.submit(withdraw)
        return [*pool.map(send, calls), last.result()]


def test_an_invite_makes_one_member(app, admin, make):
    acme = make.organizations.organization()
    for number in range(ROUNDS):
        address = f"grace{number}@example.com"
        link = make.invites.invite(address, into=acme)
        bodies = [{"token": link.partition("token=")[2]}] * CALLERS
        assert finished(at_once(app, bodies, path=ACCEPT)) == 1
    members = admin.get(f"/api/organizations/{acme}/members").json["items"]
    assert len(members) == ROUNDS


def test_no_more_than_fifty_a_day_are_invited_at_once(app, admin, make):
    ada = make.users.account()
    program = Program(app.test_client(use_cookies=False))
    tokens = program.sign_in(ada)
    made = program.post("/api/organizations", {"name": "Acme"})
    assert made.status_code == 201, made.text
    path = f"/api/organizations/{made.json['id']}/invites"
    bodies = [
        {"emails": [f"p{each}-{of}@example.com" for each in range(20)], "send": False}
        for of in range(CALLERS)
    ]
    at_once(app, bodies, path=path, headers=bearer(tokens))
    assert len(program.get(f"{path}?limit=100").json["items"]) <= 50
