"""Addresses that are proven, chosen and removed at one moment: one outcome stands."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.api.callers import Program

ROUNDS = 6
PATH, CONFIRM = "/account/emails", "/auth/email-verification"


@pytest.fixture
def environ():
    return {
        "IDP_THREADS": "4",
        "IDP_RATELIMIT_MAIL_IP": "1000/hour",
        "IDP_RATELIMIT_MAIL_ADDRESS": "1000/hour",
    }


@pytest.fixture
def caller(app, make):
    """Make a user and a program that is signed in as them."""

    def sign_in():
        account = make.users.account()
        program = Program(app.test_client(use_cookies=False))
        program.sign_in(account)
        return account, program

    return sign_in


def ask(program, account, email):
    body = {"email": email, "password": account.password}
    return program.post(PATH, body).json["id"]


def token(make, email):
    return make.records.mails_to(email)[-1].token


def at_once(*acts):
    """Do all at one moment; return the statuses of the answers."""
    start = Barrier(len(acts))

    def run(act):
        start.wait()
        return act().status_code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def confirm(app, sent):
    """Return the act of a caller of its own who confirms by a token."""
    program = Program(app.test_client(use_cookies=False))
    return lambda: program.post(CONFIRM, {"token": sent})


def verified(program):
    return {row["email"] for row in program.get(PATH).json if row["verified"]}


def test_of_two_who_prove_one_address_one_has_it(app, caller, make):
    for number in range(ROUNDS):
        email = f"shared{number}@example.com"
        (ada, hers), (bob, his) = caller(), caller()
        ask(hers, ada, email)
        first = token(make, email)
        ask(his, bob, email)
        statuses = at_once(confirm(app, first), confirm(app, token(make, email)))
        assert sorted(statuses) == [200, 204]
        assert [email in verified(each) for each in (hers, his)].count(True) == 1


def test_one_link_counts_once(app, caller, make):
    (ada, hers) = caller()
    for number in range(ROUNDS):
        email = f"once{number}@example.com"
        ask(hers, ada, email)
        sent = token(make, email)
        statuses = at_once(*(confirm(app, sent) for _ in range(4)))
        assert sorted(statuses) == [200, 200, 200, 204]


def test_who_proves_it_and_who_signs_up_with_it_do_not_both_have_it(app, caller, make):
    for number in range(ROUNDS):
        email = f"wanted{number}@example.com"
        ada, hers = caller()
        ask(hers, ada, email)
        stranger = Program(app.test_client(use_cookies=False))
        body = {"email": email, "password": ada.password}
        proven, registered = at_once(
            confirm(app, token(make, email)),
            lambda who=stranger, sent=body: who.post("/auth/register", sent),
        )
        assert (proven, registered) in {(204, 409), (200, 201)}
        assert (email in verified(hers)) == (proven == 204)
        assert (make.records.user_id_of(email) is None) == (registered == 409)


def test_an_address_is_removed_or_made_primary_never_both(app, caller, make):
    for number in range(ROUNDS):
        email = f"moved{number}@example.com"
        ada, hers = caller()
        address_id = ask(hers, ada, email)
        assert confirm(app, token(make, email))().status_code == 204
        body, path = {"password": ada.password}, f"{PATH}/{address_id}"
        other = Program(app.test_client(use_cookies=False))
        other.headers = hers.headers
        removed, chosen = at_once(
            lambda who=hers, at=path: who.send("DELETE", at),
            lambda who=other, at=path, sent=body: who.put(f"{at}/primary", sent),
        )
        assert (removed, chosen) in {(204, 404), (409, 204)}
        [primary] = [row for row in hers.get(PATH).json if row["primary"]]
        assert primary["email"] == (email if chosen == 204 else ada.email)
        assert make.records.user_row(ada.id)["email"] == primary["email"]


def test_of_two_that_are_made_primary_at_once_one_is(app, caller, make):
    for number in range(ROUNDS):
        ada, hers = caller()
        ids = []
        for which in "ab":
            email = f"{which}{number}@example.com"
            ids.append(ask(hers, ada, email))
            assert confirm(app, token(make, email))().status_code == 204
        callers = [Program(app.test_client(use_cookies=False)) for _ in ids]
        acts = []
        for who, address_id in zip(callers, ids, strict=True):
            who.headers = hers.headers
            path, body = f"{PATH}/{address_id}/primary", {"password": ada.password}
            acts.append(lambda who=who, path=path, body=body: who.put(path, body))
        assert at_once(*acts) == [204, 204]
        [primary] = [row for row in hers.get(PATH).json if row["primary"]]
        assert make.records.user_row(ada.id)["email"] == primary["email"]
        assert len(verified(hers)) == 3
