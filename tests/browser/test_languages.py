"""Other languages in Chromium: pages stay accessible, longer words find room."""

import pytest

from idp.web import i18n
from tests.browser.inspection import LOOKS, overflow, violations_in
from tests.catalogues import PSEUDO, speaks_pseudo
from tests.issuer import ISSUER
from tests.rp import RelyingParty

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

STRANGERS = (
    "/login",
    "/register",
    "/forgot-password",
    "/login/link",
    "/language",
    "/no-such-page",
    "/oauth2/authorize?client_id=unknown",
)
PERSONS = (
    "/account",
    "/account/profile",
    "/account/security",
    "/account/totp",
    "/account/recovery-codes",
    "/account/sessions",
)
STEPS = ("/login/second-factor", "/login/second-factor?method=recovery_code")
ADA = {"email": "ada@example.org", "name": "Ada Lovelace", "roles": ["owner"]}
OPERATORS = (
    "/admin",
    "/admin/users",
    "/admin/clients/new/app?kind=native",
    "/admin/api-keys",
    "/admin/logs",
    "/admin/policies",
    "/admin/settings",
    "/admin/keys/rotate",
)
SCOPE = "openid profile email offline_access"


@pytest.fixture
def tab(http, chromium):
    """A tab whose requests the app answers in this process; cookies are the client's.

    No Content-Security-Policy: axe is injected.
    """

    def answer(route):
        asked = route.request
        found = http.open(
            asked.url.removeprefix(ISSUER),
            method=asked.method,
            data=asked.post_data_buffer,
            headers={k: v for k, v in asked.headers.items() if k != "cookie"},
        )
        kept = {k: v for k, v in found.headers.items() if k != "Set-Cookie"}
        route.fulfill(status=found.status_code, headers=kept, body=found.data)

    with chromium.new_context(bypass_csp=True) as context:
        context.route("**/*", answer)
        yield context.new_page()


def speak(http, language):
    http.set_cookie("idp-lang", language, domain="idp.example", secure=True)


def consent_path(http, make):
    """Leave a question open and return where it is asked."""
    spa = make.clients.spa(scope=SCOPE, client_name="Notes")
    return RelyingParty(http, spa, scope=SCOPE).ask().location.removeprefix(ISSUER)


def fits(page, path):
    page.goto(ISSUER + path)
    assert not path.startswith(("/account", "/admin")) or page.url == ISSUER + path
    for width in (320, 1280):
        assert overflow(page, width) == 0, f"{path} is wider than {width}"


@pytest.mark.parametrize("language", ["ar", "de"])
def test_pages_are_accessible_and_narrow_in_every_language(http, make, tab, language):
    """What a language has no part in is judged in English."""
    speak(http, language)
    for path in STRANGERS:
        fits(tab, path)
        assert tab.locator("html").get_attribute("lang") == language
        assert violations_in(tab, "light", rules=LOOKS) == {}, path
    make.factors.totp(make.browsers.sign_in(http, **ADA).person)
    for path in (*PERSONS, *OPERATORS, *STEPS, "/logout", consent_path(http, make)):
        fits(tab, path)
        assert violations_in(tab, "light", rules=LOOKS) == {}, path


class TestPseudoLanguage:
    """U20: 40 % more text keeps every page within 320 CSS pixels."""

    @pytest.fixture
    def furnish(self, pseudo_catalogue, monkeypatch):
        monkeypatch.setattr(i18n, "TRANSLATIONS", pseudo_catalogue)
        return speaks_pseudo

    def test_longer_words_find_room(self, http, make, tab):
        speak(http, PSEUDO)
        for path in STRANGERS:
            fits(tab, path)
        make.factors.totp(make.browsers.sign_in(http, **ADA).person)
        for path in (*PERSONS, *OPERATORS, *STEPS, "/logout", consent_path(http, make)):
            fits(tab, path)
