"""No page of the administration has a word that no catalogue gave."""

import re

import pytest

from idp.accounts.access.permissions import OPERATOR
from idp.administration.api_keys import WantedKey, create_api_key
from idp.core.db import db
from idp.oauth.apis.registry import list_apis
from idp.oauth.keys.rotation import ensure_keys
from idp.web import i18n
from tests.administration.acts import PAGES
from tests.catalogues import PSEUDO, plain_words_in, speaks_pseudo
from tests.hosted_pages import follow

pytestmark = pytest.mark.any_database

# Files, and pages that lead away.
NO_PAGES = {"/admin/logs/export", "/admin/apps/try"}
STILL_ENGLISH = (
    "/admin/api-keys",
    "/admin/jobs",
    "/admin/keys",
    "/admin/policies",
    "/admin/settings",
)


@pytest.fixture
def furnish(pseudo_catalogue, monkeypatch):
    monkeypatch.setattr(i18n, "TRANSLATIONS", pseudo_catalogue)
    return speaks_pseudo


@pytest.fixture
def values(app, make):
    """What is looked at: one of each, with data that fills its pages."""
    person = make.users.account(name="Ада", username=None, email="ada@example.org")
    client = make.clients.web_client(client_name="Ноты", scope="openid profile groups")
    make.clients.api("https://api.example", "read", name="АПИ")
    group = make.groups.group("Хор", person.id, description="Поют")
    with app.app_context():
        ensure_keys("ES256")
        wanted = WantedKey("Скрипт", ["users.read"])
        api = next(iter(list_apis())).id
        key = create_api_key(wanted, held=OPERATOR).row.id
        db.session.commit()
    return {
        "user_id": person.id,
        "client_id": client.client_id,
        "api_id": api,
        "group_id": group,
        "key_id": key,
    }


def opened(http, path):
    http.set_cookie("idp-lang", PSEUDO, domain="idp.example", secure=True)
    answer = follow(http, http.get(path, headers={"Accept": "text/html"}))
    assert answer.status_code == 200, path
    assert f'<html lang="{PSEUDO}"' in answer.text
    return answer.text


def test_no_page_of_the_administration_has_english_words(http, make, values):
    make.browsers.sign_in(http, roles=["owner"], email="owner@example.org")
    english = {}
    for method, rule in PAGES:
        if method == "GET" and rule not in NO_PAGES:
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], rule)
            words = plain_words_in(opened(http, path))
            if words and not path.startswith(STILL_ENGLISH):
                english[path] = words
    assert english == {}
