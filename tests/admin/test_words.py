"""Pages of the administration in every language: its own words, and none heavy."""

import re

import pytest

from idp.accounts.access.permissions import OPERATOR
from idp.administration.api_keys import WantedKey, create_api_key
from idp.core.db import db
from idp.oauth.apis.registry import list_apis
from idp.oauth.keys.listing import list_keys
from idp.oauth.keys.rotation import ensure_keys
from idp.web import i18n
from tests.admin.pages.pages_of_clients import TOKEN
from tests.administration.acts import PAGES
from tests.catalogues import PSEUDO, plain_words_in, speaks_pseudo
from tests.hosted_pages import ORIGIN, follow

pytestmark = pytest.mark.any_database

NO_PAGES = {"/admin/logs/export", "/admin/apps/try"}  # a file, and one that leads away
LIMIT = 40 * 1024
# What is typed wrong in any form of the administration.
WRONG = {
    "name": "",
    "client_name": "",
    "email": "none",
    "login": "nobody",
    "group": "nobody",
    "identifier": "none",
    "colour": "red",
    "redirect_uris": "none",
    "client_uri": "none",
    "access_token_seconds": "none",
    "scopes": "openid",
    "confirmation": "none",
    "session_lifetime_seconds": "none",
    "days": "30",
}


@pytest.fixture
def values(app, make):
    """What is looked at: one of each, with data that fills its pages."""
    person = make.users.account(name="Ада", username=None, email="ada@example.org")
    client = make.clients.web_client(client_name="Ноты", scope="openid profile groups")
    make.clients.api("https://api.example", "read", name="АПИ")
    group = make.groups.group("Хор", person.id, description="Поют")
    words = {"en": "Хор", "ar": "Хор", "de": "Хор", PSEUDO: "Хор"}
    make.attributes.define(
        "choir", "choice", choices=("А", "Б"), label=words, claim="c"
    )
    make.attributes.scope("1-2", "c", "name", **words)
    with app.app_context():
        ensure_keys("ES256")
        wanted = WantedKey("Скрипт", ["users.read"])
        api = next(iter(list_apis())).id
        key = create_api_key(wanted, held=OPERATOR).row.id
        kid = list_keys()[0].kid
        db.session.commit()
    organization = make.organizations.organization(person, name="Орг", slug="a-1-2")
    make.organizations.own_domain(organization, "a.example")
    its_own = {"name": "Вход", "organization_id": organization}
    provider = make.providers.provider("main", **its_own).id
    make.providers.link(provider, person.id)
    return {
        "user_id": person.id,
        "client_id": client.client_id,
        "api_id": api,
        "group_id": group,
        "organization_id": organization,
        "domain": "a.example",
        "key_id": key,
        "kid": kid,
        "provider_id": provider,
        "feature": "x",
        "attribute_key": "choir",
        "scope_name": "1-2",
    }


def paths(method, values):
    """Yield each page of the table of acts, with what is looked at."""
    for each, rule in PAGES:
        if each == method and rule not in NO_PAGES:
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], rule)


def opened(http, path, language):
    http.set_cookie("idp-lang", language, domain="idp.example", secure=True)
    answer = follow(http, http.get(path, headers={"Accept": "text/html"}))
    assert answer.status_code == 200, path
    assert f'<html lang="{language}"' in answer.text
    return answer.text


@pytest.mark.parametrize(("language", "way"), [("ar", "rtl"), ("de", "ltr")])
def test_pages_speak_every_language_and_stay_light(http, make, values, language, way):
    make.browsers.sign_in(http, roles=["owner"])
    for path in paths("GET", values):
        page = opened(http, path, language)
        assert f'<html lang="{language}" dir="{way}"' in page
        assert len(page.encode()) <= LIMIT, path


class TestPseudoLanguage:
    """U20: whatever is still English here did not go through gettext."""

    @pytest.fixture
    def furnish(self, pseudo_catalogue, monkeypatch):
        monkeypatch.setattr(i18n, "TRANSLATIONS", pseudo_catalogue)
        return speaks_pseudo

    @pytest.fixture
    def owner(self, http, make):
        make.browsers.sign_in(http, roles=["owner"], email="owner@example.org")
        return http

    def test_no_page_has_english_words(self, owner, values):
        english = {}
        for path in paths("GET", values):
            words = plain_words_in(opened(owner, path, PSEUDO)) - {"example"}
            if words:
                english[path] = words
        assert english == {}

    def test_no_mistake_is_answered_in_english(self, owner, values):
        token = TOKEN.search(opened(owner, "/admin/groups/new", PSEUDO))[1]
        english = {}
        for path in paths("POST", values):
            answer = owner.post(
                path,
                data={"csrf_token": token, **WRONG},
                headers={"Origin": ORIGIN, "Accept": "text/html"},
            )
            page = follow(owner, answer)
            words = plain_words_in(page.text) - {"ada", "example", "org"}
            if words:
                english[path] = words
        assert english == {}
