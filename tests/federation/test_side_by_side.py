"""One answer, and the last way in, asked for several times at once: one counts."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from urllib.parse import urlencode

import pytest

from tests.api.callers import Program
from tests.federation.travellers import CALLBACK, subjects_of

ROUNDS, CALLERS = 4, 3
COOKIE = "__Host-idp-provider"


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(CALLERS), "IDP_RATELIMIT_REGISTER_IP": "off"}


def at_once(calls):
    """Make all calls at one moment; return the answers."""
    start = Barrier(len(calls))

    def run(call):
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def copies(app, traveller, number):
    """Return clients that hold the cookie of a browser which is away."""
    made = [app.test_client() for _ in range(number)]
    held = traveller.browser.cookie(COOKIE)
    for client in made:
        client.set_cookie(COOKIE, held, domain="idp.example", secure=True)
    return made


def test_one_answer_makes_one_account_and_one_session(app, acme, traveller, make):
    acme(trust_email=True)
    for number in range(ROUNDS):
        address = f"eve{number}@example.com"
        claims = {"sub": f"eve{number}", "email": address, "email_verified": True}
        fields = traveller.peer.approve(traveller.leave(), **claims)
        # Not every provider takes a code back that is shown to it twice.
        traveller.peer.forgetful = True
        path = f"{CALLBACK}?{urlencode(fields)}"
        clients = copies(app, traveller, CALLERS)
        answers = at_once([partial(client.get, path) for client in clients])
        arrived = [a for a in answers if a.status_code == 303]
        assert len(arrived) == 1
        assert {a.status_code for a in answers} == {303, 400}
        user_id = make.records.user_id_of(address)
        assert subjects_of(app, user_id) == [f"eve{number}"]


def test_of_the_last_two_ways_in_one_stays(app, http, acme, make):
    acme()
    make.providers.provider("other", name="Other")
    make.policies.decide(sign_in_methods=["password", "passkey", "provider"])
    for _ in range(ROUNDS):
        account = make.users.account(password=None)
        make.providers.link("acme", account.id, subject=f"a-{account.id}")
        make.providers.link("other", account.id, subject=f"o-{account.id}")
        callers = []
        for _ in range(2):
            client = app.test_client()
            make.browsers.sign_in(client, person=account, by="provider")
            caller = Program(client)
            token = client.get("/auth/csrf/token").json["token"]
            caller.headers = {"X-CSRF-Token": token, "Origin": "https://idp.example"}
            callers.append(caller)
        paths = [f"/api/auth/external/{name}" for name in ("acme", "other")]
        answers = at_once(
            [
                partial(caller.send, "DELETE", path)
                for caller, path in zip(callers, paths, strict=True)
            ]
        )
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses in ([204, 409], [204, 401])
        assert len(subjects_of(app, account.id)) == 1


def test_of_two_who_undo_a_link_at_once_one_does(
    app, acme, traveller, another_traveller, make
):
    acme(trust_email=True, link="verified")
    for number in range(ROUNDS):
        address = f"ada{number}@example.com"
        owner = make.users.account(address)
        claims = {"sub": str(number), "email": address, "email_verified": True}
        traveller.forget_session()
        traveller.sign_in(**claims)
        mails = make.records.mails_to(address)
        link = next(mail.link for mail in mails if "/link-change/" in mail.link)
        pressing = [traveller.browser, another_traveller.browser]
        for browser in pressing:
            browser.open(link)
        answers = at_once([browser.send for browser in pressing])
        assert sorted(a.status_code for a in answers) == [303, 400]
        assert subjects_of(app, owner.id) == []
        assert not traveller.signed_in
