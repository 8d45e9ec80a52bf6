"""The consent page says in plain words what parts of the account an app gets."""

import pytest

from idp.pages.authorization.scope_words import title_of

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("scope", "english", "german"),
    [
        (
            "account",
            "See your account and change your profile",
            "Ihr Konto sehen und Ihr Profil ändern",
        ),
        (
            "account:read",
            "See your account, devices, apps and activity",
            "Ihr Konto, Ihre Geräte, Apps und Aktivitäten sehen",
        ),
        (
            "account:profile",
            "Change your name and profile",
            "Ihren Namen und Ihr Profil ändern",
        ),
    ],
)
def test_a_scope_of_the_account_has_words(app, scope, english, german):
    told = {}
    for language in ("en", "de", "ar"):
        with app.test_request_context(headers={"Accept-Language": language}):
            told[language] = title_of(scope)
    assert (told["en"], told["de"]) == (english, german)
    assert scope not in told["ar"]
