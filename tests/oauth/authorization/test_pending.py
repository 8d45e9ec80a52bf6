"""Requests that wait: bound to one browser, judged anew, answered once."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import delete, select, update

from idp.core.db import db
from idp.core.randomness import digest
from idp.oauth.authorization import pending as pending_requests
from idp.oauth.authorization.questions import sign_in_context
from idp.oauth.authorization.signed_requests import renewed_path
from idp.oauth.clients.cache import ClientCache
from idp.oauth.models import AuthorizationCode, Client, Interaction
from tests.hosted_pages import follow, read_page
from tests.rp import RelyingParty


@pytest.fixture
def spa(make):
    return make.clients.spa(
        scope="openid profile email", client_uri="https://app.example/start"
    )


@pytest.fixture
def rp(http, spa):
    return RelyingParty(http, spa)


@pytest.fixture
def someone(make, spa):
    """A person who allowed the client everything before."""
    person = make.users.account()
    make.clients.consent(person, spa, "openid profile email")
    return person


@pytest.fixture
def signed_in(http, make, someone, clock):
    """The same person, signed in a moment ago."""
    browser = make.browsers.sign_in(http, person=someone)
    clock.tick(seconds=1)
    return browser


def return_to_of(response):
    """The waiting request behind a redirect to one of our pages."""
    return parse_qs(urlsplit(response.location).query)["return_to"][0]


def codes_in(app):
    with app.app_context():
        return len(db.session.scalars(select(AuthorizationCode)).all())


def sign_in_anew(http, make, person):
    """Sign in as the sign-in page does: new cookie, waiting requests rebound."""
    old = browsers_of(http)
    browser = make.browsers.sign_in(http, person=person)
    new = digest(http.get_cookie("__Host-idp", domain="idp.example").value)
    with make.users.app.app_context():
        pending_requests.rebind(old, new_browser=new)
        db.session.commit()
    return browser


def browsers_of(http):
    """The digests of the cookies that a browser is known by, session first."""
    names = ("__Host-idp", "__Host-idp-pre")
    found = [http.get_cookie(name, domain="idp.example") for name in names]
    return [digest(cookie.value) for cookie in found if cookie]


def context_of(http, path):
    """What a sign-in page of a browser that is not signed in shows of a request."""
    with http.application.app_context():
        found = pending_requests.find_by_path(path, browsers=browsers_of(http))
        return sign_in_context(found, session=None)


def test_a_request_waits_for_the_sign_in_and_then_finishes(rp, http, make, someone):
    waiting = return_to_of(rp.ask())
    sign_in_anew(http, make, someone)
    assert rp.finish(http.get(waiting)).claims["sub"] == someone.id


def test_the_url_of_a_waiting_request_cannot_be_edited(rp, http, make, someone, clock):
    make.browsers.sign_in(http, person=someone)
    clock.tick(seconds=5)
    waiting = return_to_of(rp.ask(prompt="login"))
    for edit in ("&prompt=none", "&prompt=", "&max_age=9999", "&scope=openid"):
        assert http.get(waiting + edit).location.startswith("/login?")


def test_prompt_login_takes_a_sign_in_after_the_request(rp, http, make, someone, clock):
    make.browsers.sign_in(http, person=someone)
    clock.tick(seconds=5)
    waiting = return_to_of(rp.ask(prompt="login"))
    assert http.get(waiting).location.startswith("/login?")
    clock.tick(seconds=30)
    sign_in_anew(http, make, someone)
    clock.tick(minutes=20)
    done = rp.finish(http.get(waiting))
    assert done.claims["auth_time"] == int(clock.now.timestamp()) - 20 * 60


@pytest.mark.parametrize("prompt", ["login", "login select_account", "login consent"])
@pytest.mark.usefixtures("signed_in")
def test_a_session_never_answers_a_request_for_a_new_sign_in(rp, prompt):
    assert rp.ask(prompt=prompt).location.startswith("/login?")


@pytest.mark.parametrize(
    ("age", "max_age", "page"),
    [(49, "60", None), (60, "60", "/login"), (0, "0", "/login"), (999, None, None)],
)
@pytest.mark.usefixtures("signed_in")
def test_max_age_counts_from_the_last_sign_in(rp, clock, age, max_age, page):
    clock.tick(seconds=age)
    answer = rp.ask(max_age=max_age)
    assert answer.location.startswith(page or rp.client.redirect_uri)


def test_max_age_is_satisfied_by_signing_in_however_long_consent_takes(
    rp, http, make, someone, clock
):
    make.browsers.sign_in(http, person=someone)
    clock.tick(minutes=5)
    waiting = return_to_of(rp.ask(max_age="60"))
    clock.tick(seconds=10)
    sign_in_anew(http, make, someone)
    clock.tick(minutes=10)
    assert "auth_time" in rp.finish(http.get(waiting)).claims


def test_another_browser_is_refused_and_led_back_to_the_app(rp, http, make, someone):
    waiting = return_to_of(rp.ask())
    other = http.application.test_client()
    make.browsers.sign_in(other, person=someone)
    answer = other.get(waiting)
    assert answer.status_code == 400
    page = read_page(answer)
    assert "another browser" in page.text
    assert page.links[0] == "https://app.example/start"
    assert codes_in(http.application) == 0


def test_a_posted_request_belongs_to_the_browser_that_opens_it(rp, http, make, someone):
    stored = http.post("/oauth2/authorize", data=rp.parameters()).location
    http.get(stored)
    other = http.application.test_client()
    make.browsers.sign_in(other, person=someone)
    assert other.get(stored).status_code == 400
    sign_in_anew(http, make, someone)
    assert rp.finish(http.get(stored)).claims["sub"] == someone.id


def test_a_request_is_answered_once(rp, http, make, signed_in, clock):
    waiting = return_to_of(rp.ask(prompt="login"))
    clock.tick(seconds=1)
    sign_in_anew(http, make, signed_in.person)
    rp.finish(http.get(waiting))
    again = http.get(waiting)
    assert again.location.startswith("/login?"), "a new sign-in is asked for anew"
    assert return_to_of(again) != waiting
    assert codes_in(http.application) == 1


def test_a_second_tab_of_an_answered_request_still_ends_at_its_app(
    rp, http, make, someone
):
    waiting = return_to_of(rp.ask())
    sign_in_anew(http, make, someone)
    first, second = http.get(waiting), http.get(waiting)
    for answer in (first, second):
        assert rp.checked(answer)["code"]


def test_tabs_of_several_apps_each_end_at_their_own(http, make):
    person = make.users.account()
    parties = []
    for name in ("one", "two", "three"):
        client = make.clients.spa(
            redirect_uris=[f"https://{name}.example/cb"], scope="openid"
        )
        make.clients.consent(person, client, "openid")
        parties.append(RelyingParty(http, client))
    waiting = [return_to_of(party.ask()) for party in parties]
    sign_in_anew(http, make, person)
    for party, path in zip(parties, waiting, strict=True):
        assert party.finish(http.get(path)).claims["sub"] == person.id


def test_a_request_of_a_client_that_is_gone_is_not_answered(app, rp, http, make, spa):
    waiting = return_to_of(rp.ask())
    with app.app_context():
        db.session.execute(delete(Client).where(Client.client_id == spa.client_id))
        db.session.commit()
        app.extensions["idp"][ClientCache].forget()
    assert http.get(waiting).status_code == 400


def test_only_the_digest_of_an_interaction_id_is_stored(app, rp):
    interaction_id = return_to_of(rp.ask()).rpartition("=")[2]
    with app.app_context():
        (row,) = db.session.scalars(select(Interaction)).all()
        assert interaction_id not in repr(vars(row))
        assert len(row.digest) == 64


class TestWholeAccount:
    """What apps of others asked for, and were allowed, while they had ``account``."""

    asked = "openid account"
    parts = "openid account:profile account:read"

    @pytest.fixture
    def rp(self, http, make):
        spa = make.clients.spa(scope=self.asked)
        return RelyingParty(http, spa, scope=self.asked)

    def test_a_request_that_waits_ends_with_the_parts(self, rp, http, make):
        waiting = return_to_of(rp.ask(resource="https://idp.example/account"))
        sign_in_anew(http, make, make.users.account())
        page = follow(http, http.get(waiting))
        assert "Change your name and profile" in read_page(page).text
        assert rp.finish(rp.allow(page)).tokens["scope"] == self.parts

    def test_one_that_was_allowed_ends_with_the_parts(self, app, rp, http, make):
        browser = make.browsers.sign_in(http)
        waiting = return_to_of(rp.ask(resource="https://idp.example/account"))
        with app.app_context():
            allowed = {"allowed_by": browser.person.id, "allowed_scope": self.asked}
            db.session.execute(update(Interaction).values(**allowed))
            db.session.commit()
        assert rp.finish(http.get(waiting)).tokens["scope"] == self.parts


@pytest.mark.parametrize("wrong", ["x", "a" * 43, "a" * 44, "\u00e9" * 43, "%00"])
def test_an_unknown_interaction_shows_a_page(http, wrong):
    answer = http.get("/oauth2/authorize", query_string={"interaction": wrong})
    assert answer.status_code == 400
    assert "took too long" in answer.text


class TestExpired:
    """An expired request restarts from its signed copy."""

    @pytest.fixture(autouse=True)
    def waiting_login(self, rp, http, make, someone, clock):
        make.browsers.sign_in(http, person=someone)
        clock.tick(seconds=1)
        self.path = return_to_of(rp.ask(prompt="login"))
        self.clock = clock

    def copy(self, http):
        page = http.get("/login", query_string={"return_to": self.path})
        return dict(read_page(page).forms[0].fields)["request"]

    def renew(self, http, copy):
        browsers = browsers_of(http)
        with http.application.app_context():
            found = pending_requests.find_by_path(self.path, browsers=browsers)
            renewed = renewed_path(
                self.path, found, copy=copy, browser=browsers[0], ip="192.0.2.9"
            )
            db.session.commit()
            return renewed

    def forget(self, http):
        with http.application.app_context():
            db.session.execute(delete(Interaction))
            db.session.commit()

    def test_a_live_request_is_left_alone(self, http):
        assert self.renew(http, self.copy(http)) == self.path

    @pytest.mark.parametrize("hours", [2, 24, 24 * 6])
    def test_the_sign_in_just_done_for_it_counts(self, rp, http, make, someone, hours):
        copy = self.copy(http)
        self.clock.tick(hours=hours)
        self.forget(http)
        make.browsers.sign_in(http, person=someone)
        renewed = self.renew(http, copy)
        assert renewed != self.path
        assert rp.finish(http.get(renewed)).claims["sub"] == someone.id

    def test_a_sign_in_from_long_before_does_not_count(self, http, make, someone):
        copy = self.copy(http)
        self.clock.tick(minutes=5)
        make.browsers.sign_in(http, person=someone, remember=True)
        self.clock.tick(hours=20)
        self.forget(http)
        renewed = self.renew(http, copy)
        assert renewed != self.path
        assert http.get(renewed).location.startswith("/login?")

    def test_an_expired_row_restarts_by_itself_without_counting_old_sign_ins(
        self, rp, http, make, someone
    ):
        make.browsers.sign_in(http, person=someone)
        with http.application.app_context():
            db.session.execute(update(Interaction).values(browser=None))
            db.session.commit()
        self.clock.tick(hours=2)
        answer = http.get(self.path)
        assert answer.location.startswith("/login?")
        assert return_to_of(answer) != self.path

    def test_a_forged_or_too_old_copy_is_worth_nothing(self, http):
        copy = self.copy(http)
        self.forget(http)
        for bad in (copy[:-1] + "x", "x" + copy, copy.partition(".")[0], "", "\u00e9."):
            assert self.renew(http, bad) == self.path
        self.clock.tick(days=8)
        assert self.renew(http, copy) == self.path
        assert "took too long" in http.get(self.path).text


def test_pages_learn_what_waits_behind_them(rp, http):
    waiting = return_to_of(rp.ask(login_hint="ada@example.org", ui_locales="fr en"))
    known = context_of(http, waiting)
    assert (known.client_name, known.login_hint) == ("Notes", "ada@example.org")
    assert known.ui_locales == ("fr", "en")
    assert not known.reauthenticate


def test_pages_of_another_browser_learn_nothing(rp, http):
    waiting = return_to_of(rp.ask(login_hint="ada@example.org"))
    for browser, path in (
        (http.application.test_client(), waiting),
        (http, "/account"),
    ):
        page = read_page(browser.get("/login", query_string={"return_to": path}))
        assert "Notes" not in page.text
        assert "ada@example.org" not in page.response.text


def test_pages_learn_that_a_new_sign_in_is_wanted(rp, http, make, someone):
    make.browsers.sign_in(http, person=someone)
    waiting = return_to_of(rp.ask(prompt="login"))
    answer = http.get("/login", query_string={"return_to": waiting})
    assert "Confirm it’s you" in read_page(answer).text
