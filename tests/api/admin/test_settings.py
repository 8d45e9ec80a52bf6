"""/api/admin/settings and /admin/settings: what the server was started with."""

import re
from html import unescape

import pytest

from idp.core.context import current
from idp.core.settings.declared import Loaded
from idp.core.settings.effective import effective
from tests.admin.pages.pages_of_clients import words_of
from tests.api.callers import problem

PATH = "/api/admin/settings"
PAGE = "/admin/settings"
LIMIT = 40 * 1024
NAME = re.compile(r'scope="row"><code>(IDP_\w+)</code>')
SECRET = "correct horse battery staple, twice"


@pytest.fixture
def environ(tmp_path):
    file = tmp_path / "idp.toml"
    file.write_text('[mail]\nfrom = "Login <login@example.com>"\n')
    password = tmp_path / "redis"
    password.write_text(f"redis://:{SECRET.replace(' ', '-')}@127.0.0.1:1/0\n")
    return {
        "IDP_ISSUER_NAME": "Example login",
        "IDP_CONFIG_FILE": str(file),
        "IDP_BOOTSTRAP_ADMIN_PASSWORD": SECRET,
    }


@pytest.fixture
def auditor(program, make):
    make.clients.spa()
    program.sign_in(make.users.account(roles=["auditor"]))
    return program


def names_of(app) -> set[str]:
    """Return the names of all settings."""
    with app.app_context():
        return {each.name for each in effective(current(Loaded))}


def link_to(page, label: str) -> str | None:
    """Return where a link of a page leads, if it has one."""
    found = re.search(rf'href="([^"]+)">{label}', page.text)
    return unescape(found[1]) if found else None


def settings_of(caller) -> dict[str, dict]:
    return {each["name"]: each for each in caller.get(PATH).json["items"]}


def test_each_setting_has_its_value_its_source_and_what_it_is_for(auditor):
    found = settings_of(auditor)
    given = found["IDP_ISSUER_NAME"]
    assert (given["value"], given["source"]) == ("Example login", "environment")
    assert given["where"] == "IDP_ISSUER_NAME"
    assert "name of this server" in given["description"]
    assert found["IDP_THREADS"]["source"] in {"default", "environment"}
    assert found["IDP_KEY_LIFETIME_SECONDS"]["source"] == "default"
    assert found["IDP_MAIL_FROM"]["source"] == "file"
    assert found["IDP_MAIL_FROM"]["where"].endswith("idp.toml:2 mail_from")


def test_of_a_secret_only_that_it_is_set_is_told(app, auditor):
    answer = auditor.get(PATH)
    found = {each["name"]: each for each in answer.json["items"]}
    for name in ("IDP_SECRET_KEY", "IDP_DATABASE_URL", "IDP_BOOTSTRAP_ADMIN_PASSWORD"):
        assert (found[name]["value"], found[name]["masked"]) == (None, True)
    assert (found["IDP_REDIS_URL"]["value"], found["IDP_REDIS_URL"]["masked"]) == (
        "",
        False,
    )
    assert SECRET not in answer.text


def test_every_setting_is_listed(app, auditor):
    loaded = app.extensions["idp"][Loaded]
    assert len(settings_of(auditor)) == len(loaded.sources)


def test_support_reads_no_settings(program, make):
    make.clients.spa()
    program.sign_in(make.users.account(roles=["support"]))
    assert problem(program.get(PATH)) == (403, "not_permitted")


class TestThePage:
    @pytest.fixture
    def browser(self, http, make):
        make.browsers.sign_in(http, roles=["auditor"])
        return http

    def test_it_shows_them_all_and_no_secret_and_stays_small(self, browser):
        page = browser.get(PAGE)
        assert "Example login" in words_of(page)
        assert "Set, secret" in words_of(page)
        assert SECRET not in page.text
        assert len(page.data) <= LIMIT

    def test_it_goes_on_and_back_until_all_were_shown(self, app, browser):
        first = browser.get(PAGE)
        shown, page = set(NAME.findall(first.text)), first
        while on := link_to(page, "Next page"):
            page = browser.get(on)
            shown |= set(NAME.findall(page.text))
        assert shown == names_of(app)
        while back := link_to(page, "Previous page"):
            page = browser.get(back)
        assert NAME.findall(page.text) == NAME.findall(first.text)

    @pytest.mark.parametrize("language", ["ar", "de"])
    def test_no_page_of_it_is_heavy_in_another_language(self, browser, language):
        paths = [PAGE]
        while on := link_to(browser.get(paths[-1]), "Next page"):
            paths.append(on)
        assert len(paths) > 1
        for path in paths:
            page = browser.get(path, headers={"Accept-Language": language})
            assert f'<html lang="{language}"' in page.text
            assert len(page.data) <= LIMIT

    def test_it_is_searched_by_words_of_name_and_description(self, browser):
        page = words_of(browser.get(PAGE, query_string={"query": "key lifetime"}))
        assert "IDP_KEY_LIFETIME_SECONDS" in page
        assert "IDP_ISSUER_NAME" not in page

    def test_it_is_filtered_by_source(self, browser):
        page = words_of(browser.get(PAGE, query_string={"source": "file"}))
        assert "IDP_MAIL_FROM" in page
        assert "IDP_KEY_LIFETIME_SECONDS" not in page

    def test_what_is_not_found_leads_back(self, browser):
        page = browser.get(PAGE, query_string={"query": "no such thing <b>"})
        assert "No setting is like that" in words_of(page)
        assert "<b>" not in page.text
