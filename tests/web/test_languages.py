"""Which language a page is in, how it is chosen, and that nothing stays in English."""

import re

import pytest

from idp.accounts.models import User
from idp.core.db import db
from idp.web import i18n
from tests.browsing import Browser
from tests.catalogues import PSEUDO, catalogue, plain_words_in, speaks_pseudo
from tests.rp import RelyingParty

pytestmark = pytest.mark.any_database

LANGUAGES = ("ar", "de")
SIGN_IN = {"en": "Sign in", "de": "Anmelden", "ar": "تسجيل الدخول"}
PASSWORD = "correct horse battery staple"


@pytest.fixture
def browser(http, app):
    """A browser without cookies."""
    return Browser(app)


def language_of(response):
    return re.search(r'<html lang="([^"]+)" dir="([^"]+)"', response.text).groups()


class TestChoosing:
    @pytest.mark.parametrize(
        ("accepted", "language"),
        [
            ("de-AT,de;q=0.9,en;q=0.8", "de"),
            ("ar-EG", "ar"),
            ("fr, de;q=0.5", "de"),
            ("fr", "en"),
            ("*", "en"),
            ("", "en"),
            ("de;q=0, *", "en"),
        ],
    )
    def test_a_page_is_in_the_language_the_browser_asks_for(
        self, http, accepted, language
    ):
        page = http.get("/login", headers={"Accept-Language": accepted})
        assert language_of(page)[0] == language
        assert SIGN_IN[language] in page.text

    def test_arabic_runs_from_right_to_left(self, http):
        page = http.get("/login", headers={"Accept-Language": "ar"})
        assert language_of(page) == ("ar", "rtl")
        assert (
            'dir="ltr"' in re.search(r"<input[^>]*name=.username.[^>]*>", page.text)[0]
        )

    def test_a_choice_is_kept_and_leads_back(self, http, browser):
        browser.open("/login?return_to=/account/data")
        browser.open(next(u for u in browser.page.links if u.startswith("/language")))
        answer = browser.send(language="ar")
        assert answer.location == "/login?return_to=/account/data"
        browser.follow(answer)
        assert language_of(browser.response) == ("ar", "rtl")
        assert language_of(browser.open("/register")) == ("ar", "rtl")

    def test_a_failed_form_leads_back_to_where_it_leads(self, browser):
        browser.open("/login?return_to=/account/data")
        browser.submit(username="nobody", password="wrong")
        browser.open(next(u for u in browser.page.links if u.startswith("/language")))
        assert browser.send(language="de").location == (
            "/login?return_to=%2Faccount%2Fdata"
        )

    @pytest.mark.parametrize("language", ["fr", "", "../de", "en\r\nX: y"])
    def test_a_language_that_is_not_offered_changes_nothing(self, browser, language):
        browser.open("/language")
        answer = browser.send(language=language)
        assert "Set-Cookie" not in answer.headers

    def test_looking_at_the_choice_changes_nothing(self, http):
        answer = http.get("/language?language=de&theme=dark")
        assert language_of(answer)[0] == "en"
        assert "idp-lang" not in str(answer.headers)
        assert "idp-theme" not in str(answer.headers)

    def test_the_choice_leads_nowhere_else(self, browser):
        browser.open("/language?return_to=//evil.example")
        assert browser.send(language="de").location == "/language"
        assert browser.send(return_to="https://evil.example").location == "/language"

    def test_the_setting_of_a_person_comes_before_the_cookie(self, browser, make):
        make.browsers.sign_in(browser.http)
        browser.open("/language")
        browser.submit(language="de")
        browser.http.set_cookie("idp-lang", "ar", domain="idp.example", secure=True)
        assert language_of(browser.open("/account"))[0] == "de"

    def test_a_choice_of_a_signed_in_person_becomes_the_setting(self, browser, make):
        signed_in = make.browsers.sign_in(browser.http)
        browser.open("/language")
        browser.submit(language="ar")
        assert make.records.user_row(signed_in.user_id)["locale"] == "ar"
        assert language_of(browser.open("/account")) == ("ar", "rtl")

    def test_the_region_that_apps_are_told_stays(self, browser, make, app):
        ada = make.users.account()
        with app.app_context():
            db.session.get_one(User, ada.id).locale = "de-CH"
            db.session.commit()
        browser.sign_in(ada.email, ada.password)
        browser.open("/language")
        browser.submit(language="de")
        assert make.records.user_row(ada.id)["locale"] == "de-CH"
        browser.open("/language")
        browser.submit(language="ar")
        assert make.records.user_row(ada.id)["locale"] == "ar"

    def test_the_theme_is_kept_until_the_device_decides_again(self, browser):
        browser.open("/language?return_to=/login")
        browser.submit(theme="dark")
        assert '<html lang="en" dir="ltr" data-theme="dark">' in browser.response.text
        browser.open("/language")
        browser.submit(theme="system")
        assert "data-theme" not in browser.open("/login").text


class TestAtAnApp:
    @pytest.fixture
    def rp(self, http, make):
        return RelyingParty(
            http, make.clients.spa(scope="openid email"), scope="openid"
        )

    def test_the_journey_is_in_the_language_the_app_asks_for(self, http, make, rp):
        http.set_cookie("idp-lang", "ar", domain="idp.example", secure=True)
        login = rp.reach(ui_locales="tlh de-CH ar")
        assert language_of(login)[0] == "de"
        make.browsers.sign_in(http)
        assert language_of(rp.reach(ui_locales="de"))[0] == "de"

    def test_what_was_just_chosen_counts_more(self, browser, make):
        browser.open("/language")
        browser.submit(language="ar")
        rp = RelyingParty(
            browser.http, make.clients.spa(scope="openid"), scope="openid"
        )
        assert language_of(rp.reach(ui_locales="de")) == ("ar", "rtl")

    def test_discovery_lists_the_languages(self, http):
        document = http.get("/.well-known/openid-configuration").json
        assert document["ui_locales_supported"] == ["en", *LANGUAGES]


class TestCatalogues:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_text_for_people_is_translated(self, texts, language):
        known = catalogue(language)
        missing = [
            message.id
            for message in texts
            if message.id and not translated(known, message.id)
        ]
        assert missing == [], "run `make messages`, then fill the gaps"

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_translations_keep_values_and_tags(self, language):
        known = catalogue(language)
        for message in known:
            assert list(message.check(known)) == []
            for text in strings(message.string) if message.id else ():
                assert tags(text) in [tags(source) for source in strings(message.id)]
                assert values(text) <= values(strings(message.id)[-1])
                assert codes(text) in [codes(source) for source in strings(message.id)]

    def test_german_addresses_its_readers_in_one_way(self):
        familiar = [
            text
            for message in catalogue("de")
            for text in (strings(message.string) if message.id else ())
            if re.search(r"\b([Dd]u|[Dd]ich|[Dd]ir|[Dd]ein\w*)\b(?!=)", text)
        ]
        assert familiar == []

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_one_text_keeps_all_its_values(self, language):
        for message in catalogue(language):
            if message.id and isinstance(message.id, str):
                assert values(message.string) == values(message.id)


def translated(known, text):
    found = known.get(text)
    return found is not None and not found.fuzzy and all(strings(found.string))


def strings(text):
    return (text,) if isinstance(text, str) else text


def tags(text):
    return sorted(re.findall(r"<[^>]+>", text))


def codes(text):
    return sorted(re.findall(r"`[^`]+`", text))


def values(text):
    return set(re.findall(r"%\((\w+)\)s", text))


def plain_words(response):
    assert language_of(response)[0] == PSEUDO
    return plain_words_in(response.text)


class TestPseudoLanguage:
    """U20: whatever is still English here did not go through gettext."""

    @pytest.fixture
    def furnish(self, pseudo_catalogue, monkeypatch):
        monkeypatch.setattr(i18n, "TRANSLATIONS", pseudo_catalogue)
        return speaks_pseudo

    @pytest.fixture
    def person(self, http, app):
        browser = Browser(app)
        browser.http.set_cookie("idp-lang", PSEUDO, domain="idp.example", secure=True)
        return browser

    @pytest.mark.parametrize(
        "path",
        [
            "/login",
            "/register",
            "/forgot-password",
            "/login/link",
            "/password-reset?token=unknown",
            "/email-verification",
            "/email-verification?token=unknown",
            "/auth/sign-in/token?token=unknown",
            "/email-change?token=unknown",
            "/email-change/undo?token=unknown",
            "/factor-change/undo?token=unknown",
            "/link-change/undo?token=unknown",
            "/account/deletion",
            "/account/deletion/undo?token=unknown",
            "/language",
            "/no-such-page",
            "/oauth2/authorize?client_id=unknown",
            "/oauth2/logout?client_id=unknown&post_logout_redirect_uri=https://x.example",
        ],
    )
    def test_no_page_for_strangers_has_english_words(self, person, path):
        person.open(path)
        assert plain_words(person.response) == set()

    def test_no_mistake_is_answered_in_english(self, person):
        person.open("/login")
        person.submit(username="", password="")
        assert plain_words(person.response) == set()
        person.submit(username="nobody", password="wrong wrong")
        assert plain_words(person.response) == set()
        person.open("/register")
        person.submit(email="none", password="short", username="-")
        assert plain_words(person.response) == set()
        for path in ("/forgot-password", "/login/link"):
            person.open(path)
            person.submit(email="ada@example.org")
            assert plain_words(person.response) == set()
        person.submit(code="000000")
        assert plain_words(person.response) == set()

    def test_no_page_of_registration_has_english_words(self, person, make):
        person.open("/register")
        person.submit(email="ada@example.org", password=PASSWORD, username="ada")
        assert plain_words(person.response) == set()
        mail = make.records.mail_to("ada@example.org")
        person.open(mail.link)
        assert plain_words(person.response) == set()
        person.submit()
        assert plain_words(person.response) == set()

    def test_consent_has_no_english_words(self, person, make):
        make.browsers.sign_in(person.http, email="ada@example.org", name="Ada")
        scope = "openid profile email address phone offline_access"
        spa = make.clients.spa(scope=scope, client_name="Notes")
        person.follow(RelyingParty(person.http, spa, scope=scope).ask())
        assert plain_words(person.response) == set()

    @pytest.mark.parametrize(
        "path",
        [
            "/account",
            "/account/profile",
            "/account/email",
            "/account/emails",
            "/account/security",
            "/account/password",
            "/account/confirm",
            "/account/sessions",
            "/account/apps",
            "/account/orgs",
            "/account/orgs/new",
            "/account/activity",
            "/account/activity/not-me",
            "/account/data",
            "/logout",
        ],
    )
    def test_no_page_of_the_account_has_english_words(self, person, make, path):
        make.browsers.sign_in(person.http, email="ada@example.org", name="Ada")
        person.open(path)
        assert plain_words(person.response) - {"Ada", "ada", "example", "org"} == set()
