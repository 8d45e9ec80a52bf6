"""Which account an identity is linked to, and who tries to get into another's."""

from urllib.parse import urlencode

import pytest
from sqlalchemy import event, text

from idp.core.db import db
from tests.federation.travellers import subjects_of
from tests.hosted_pages import ORIGIN
from tests.rp import RelyingParty

ADA = {"sub": "mallory", "email": "ada@example.com", "email_verified": True}


@pytest.fixture
def local(make):
    """A user who has come by no provider yet."""
    return make.users.account("ada@example.com")


def test_who_signs_in_to_the_account_first_may_link(app, acme, traveller, local, make):
    acme(trust_email=True)
    traveller.sign_in(**ADA)
    assert traveller.at == "/login/provider/known"
    assert "You already have an account" in traveller.browser.text
    assert not traveller.signed_in
    traveller.browser.open(traveller.browser.page.links[0])
    traveller.browser.submit(username=local.email, password=local.password)
    assert traveller.at == "/login/provider/link"
    assert "Link Acme?" in traveller.browser.text
    assert subjects_of(app, local.id) == []
    traveller.browser.submit()
    assert traveller.at == "/account"
    assert subjects_of(app, local.id) == ["mallory"]
    assert make.records.audited("provider.linked") == [("ok", local.id)]
    assert make.records.mail_to(local.email).kind == "provider_linked"


def test_linking_goes_on_with_the_app_that_waits(acme, traveller, local, make):
    acme()
    rp = RelyingParty(traveller.browser.http, make.clients.client(first_party=True))
    return_to = rp.reach().request.args["return_to"]
    traveller.come_back(traveller.peer.approve(traveller.leave(return_to), **ADA))
    traveller.browser.open(traveller.browser.page.links[0])
    traveller.browser.submit(username=local.email, password=local.password)
    answer = traveller.browser.submit()
    assert rp.finish(answer).claims["sub"] == local.id


def test_signed_in_the_callback_asks_and_links_nothing_by_itself(
    app, acme, traveller, local
):
    acme()
    url = traveller.leave()
    traveller.browser.sign_in(local.email, local.password)
    traveller.come_back(traveller.peer.approve(url, sub="hers"))
    assert "Link Acme?" in traveller.browser.text
    assert subjects_of(app, local.id) == []


def test_another_site_cannot_press_the_button(app, acme, traveller, local):
    acme()
    url = traveller.leave()
    traveller.browser.sign_in(local.email, local.password)
    traveller.come_back(traveller.peer.approve(url, sub="hers"))
    token = traveller.browser.response.request.args["identity"]
    forged = traveller.browser.http.post(
        "/login/provider/link",
        data={"identity": token},
        headers={"Origin": "https://evil.example"},
    )
    assert forged.status_code == 403
    assert subjects_of(app, local.id) == []


def test_linking_takes_a_proof_of_the_last_minutes(app, acme, traveller, local, clock):
    acme()
    traveller.browser.sign_in(local.email, local.password)
    traveller.forget_session()
    url = traveller.leave()
    traveller.browser.sign_in(local.email, local.password)
    clock.tick(minutes=5)
    traveller.come_back(traveller.peer.approve(url, sub="hers"))
    clock.tick(minutes=6)
    traveller.browser.submit()
    assert traveller.at == "/account/confirm"
    assert subjects_of(app, local.id) == []
    traveller.browser.submit(password=local.password)
    assert traveller.at == "/login/provider/link"
    traveller.browser.submit()
    assert subjects_of(app, local.id) == ["hers"]


def test_proven_on_both_sides_it_links_by_the_address(
    app, acme, traveller, local, make
):
    acme(trust_email=True, link="verified")
    traveller.sign_in(**ADA)
    assert traveller.signed_in
    assert subjects_of(app, local.id) == ["mallory"]
    assert make.records.audited_details("provider.linked") == [
        {"provider": "acme", "by": "address"}
    ]
    assert make.records.mail_to(local.email).kind in ("provider_linked", "new_sign_in")


def test_a_further_address_that_is_proven_links_too(app, acme, traveller, local, make):
    make.users.further_email(local, "second@example.com")
    acme(trust_email=True, link="verified")
    traveller.sign_in(sub="s", email="second@example.com", email_verified=True)
    assert subjects_of(app, local.id) == ["s"]


def test_who_made_an_account_with_anothers_address_is_shut_out(
    app, acme, traveller, make, another_browser
):
    planted = make.users.account("ada@example.com", email_verified=False)
    attacker = another_browser()
    attacker.sign_in(planted.email, planted.password)
    acme(trust_email=True, link="verified")
    traveller.sign_in(**ADA)
    assert traveller.signed_in
    row = make.records.user_row(planted.id)
    assert row["password_hash"] is None
    assert row["email_verified_at"] is not None
    assert attacker.http.get("/auth/me").status_code == 401
    again = attacker.sign_in(planted.email, planted.password)
    assert "isn’t right" in again.text


TAKEOVERS = {
    "unverified upstream": ({"trust_email": True, "link": "verified"}, False, ()),
    "not trusted": ({"link": "verified"}, True, ()),
    "not by address": ({"trust_email": True}, True, ()),
    "privileged": ({"trust_email": True, "link": "verified"}, True, ("owner",)),
}


@pytest.mark.parametrize("tried", TAKEOVERS.values(), ids=TAKEOVERS)
def test_nobody_gets_into_an_account_by_its_address(app, acme, traveller, make, tried):
    fields, verified, roles = tried
    victim = make.users.account("ada@example.com", roles=roles)
    acme(**fields)
    traveller.sign_in(sub="mallory", email="ADA@example.com", email_verified=verified)
    assert not traveller.signed_in
    assert subjects_of(app, victim.id) == []
    assert traveller.at == "/login/provider/known"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE users SET roles = '[\"owner\"]' WHERE id = :local",
        "UPDATE user_emails SET email_key = 'another' WHERE user_id = :local",
    ],
    ids=["role", "address"],
)
def test_who_is_no_longer_as_was_judged_is_linked_by_nothing(
    app, acme, traveller, local, change
):
    acme(trust_email=True, link="verified")
    late = [text(change).bindparams(local=local.id)]

    def once_judged(connection, _cursor, statement, *_rest):
        if statement.startswith("UPDATE upstream_requests") and late:
            connection.execute(late.pop())

    with app.app_context():
        event.listen(db.engine, "after_cursor_execute", once_judged)
    traveller.sign_in(**ADA)
    assert not late
    assert not traveller.signed_in
    assert subjects_of(app, local.id) == []


def test_where_no_address_links_it_says_that_there_is_an_account(
    app, acme, traveller, local
):
    acme(trust_email=True, link="never")
    page = traveller.sign_in(**ADA)
    assert page.status_code == 400
    assert "already an account with this email" in traveller.browser.text
    assert subjects_of(app, local.id) == []


def test_what_is_linked_to_another_is_not_linked_again(acme, traveller, make):
    acme()
    ada, bob = make.users.account("ada@example.com"), make.users.account()
    make.providers.link("acme", ada.id, subject="upstream-ada")
    traveller.browser.sign_in(bob.email, bob.password)
    url = traveller.browser.http.get("/api/auth/external/acme/init").location
    traveller.come_back(traveller.peer.approve(url))
    assert "linked to another account here" in traveller.browser.text


def test_who_planted_it_by_the_same_provider_is_shut_out_too(
    app, acme, traveller, another_traveller, make
):
    acme(trust_email=True, link="verified")
    planter = another_traveller
    planter.sign_in(**(ADA | {"sub": "planter", "email_verified": False}))
    assert planter.signed_in
    traveller.sign_in(**ADA)
    assert traveller.signed_in
    assert not planter.signed_in
    user_id = make.records.user_id_of("ada@example.com")
    assert subjects_of(app, user_id) == ["mallory"]


def test_an_account_has_one_identity_of_each_provider(app, acme, traveller, local):
    acme(trust_email=True, link="verified")
    traveller.sign_in(**ADA)
    traveller.forget_session()
    traveller.sign_in(**(ADA | {"sub": "made anew"}))
    assert not traveller.signed_in
    assert "Another account at Acme is linked to yours" in traveller.browser.text
    traveller.browser.sign_in(local.email, local.password)
    url = traveller.browser.http.get("/api/auth/external/acme/init").location
    traveller.come_back(traveller.peer.approve(url, sub="made anew"))
    traveller.browser.submit("/login/provider/link")
    assert "Another account at Acme is linked to yours" in traveller.browser.text
    assert subjects_of(app, local.id) == ["mallory"]


def test_what_waits_belongs_to_its_browser(acme, traveller, local, another_traveller):
    acme()
    traveller.sign_in(**ADA)
    token = traveller.browser.response.request.args["identity"]
    other = another_traveller
    other.leave()
    other.browser.sign_in(local.email, local.password)
    path = f"/login/provider/link?{urlencode({'identity': token})}"
    assert other.browser.open(path).status_code == 400


class TestAnotherAccountMeanwhile:
    """Another tab switched to, or signed in as, somebody else."""

    @pytest.fixture
    def bob(self, make):
        return make.users.account("bob@example.com")

    def add(self, traveller, person):
        traveller.browser.open("/login?switch=1")
        traveller.browser.submit(username=person.email, password=person.password)

    def wait_to_link(self, traveller, local) -> str:
        """Go to the provider from one's linked accounts; return the page of after."""
        traveller.browser.sign_in(local.email, local.password)
        traveller.browser.open("/account/links")
        away = traveller.browser.send("/account/links/acme").location
        traveller.come_back(traveller.peer.approve(away, sub="hers"))
        return traveller.browser.response.request.full_path

    def press(self, traveller, path):
        """Press the button with a form of the account that is active."""
        traveller.browser.open("/account/links")
        form = dict(traveller.browser.page.forms[-1].fields)
        return traveller.browser.http.post(
            path.partition("?")[0],
            data={
                "csrf_token": form["csrf_token"],
                "identity": path.partition("identity=")[2],
            },
            headers={"Origin": ORIGIN},
        )

    def test_what_one_account_asked_for_is_not_linked_to_another(
        self, app, acme, traveller, local, bob
    ):
        acme()
        path = self.wait_to_link(traveller, local)
        self.add(traveller, bob)
        assert self.press(traveller, path).status_code == 400
        traveller.browser.open(path)
        assert "You switched to another account" in traveller.browser.text
        assert subjects_of(app, bob.id) == []
        traveller.browser.open("/login/select")
        traveller.browser.submit("/login/select", account=local.id)
        traveller.browser.open(path)
        traveller.browser.submit()
        assert subjects_of(app, local.id) == ["hers"]

    def test_the_button_links_to_the_account_that_it_named(
        self, app, acme, traveller, local, bob
    ):
        acme()
        url = traveller.leave()
        traveller.browser.sign_in(local.email, local.password)
        traveller.come_back(traveller.peer.approve(url, sub="hers"))
        opened = traveller.browser.response
        self.add(traveller, bob)
        traveller.browser.response = opened
        traveller.browser.submit()
        assert traveller.at == "/login/provider/link"
        assert bob.email in traveller.browser.text
        assert subjects_of(app, bob.id) == subjects_of(app, local.id) == []
        traveller.browser.submit()
        assert subjects_of(app, bob.id) == ["hers"]

    def test_who_comes_back_to_another_account_is_told_so(
        self, acme, traveller, local, bob
    ):
        acme()
        traveller.browser.sign_in(local.email, local.password)
        traveller.browser.open("/account/links")
        away = traveller.browser.send("/account/links/acme").location
        self.add(traveller, bob)
        traveller.come_back(traveller.peer.approve(away, sub="hers"))
        assert "You switched to another account" in traveller.browser.text
