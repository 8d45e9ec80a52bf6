"""The pages about directories (LDAP): add one, test it, change it."""

import re

import pytest

from idp.federation.providers.cache import find_provider
from idp.federation.providers.secrets import open_secret
from tests.admin.pages.pages_of_clients import AdminBrowser, errors_of, words_of
from tests.federation.ldap.slapd import BASE, SECRET

NEW = "/admin/providers/new?preset=ldap"
PAGE = "/admin/providers/corp"


def found(app):
    with app.app_context():
        return find_provider("corp")


@pytest.fixture
def admin(http, make) -> AdminBrowser:
    """The browser of an admin who signed in just now."""
    make.browsers.sign_in(http, roles=["admin"])
    return AdminBrowser(http)


@pytest.fixture
def asked(directory) -> dict[str, str]:
    """What an operator types at first."""
    said = directory.options()
    del said["group_base_dn"]
    return said | {
        "name": "Corp",
        "provider_id": "corp",
        "client_secret": SECRET,
        "user_filter": "(uid={login})",
        "domains": "Corp.example",
        "trust_email": "1",
        "link": "ask",
        "tls": "",
    }


@pytest.fixture
def page(admin: AdminBrowser, asked) -> str:
    """The page of a directory that was added."""
    assert admin.send(NEW, asked).location == f"{PAGE}?added=1"
    return PAGE


def said_of_test(admin, login: str):
    """Return what is said of a test."""
    return words_of(
        follow(admin, admin.send(f"{PAGE}/test", {"login": login}, on=PAGE))
    )


def follow(admin, answer):
    return admin.open(answer.location) if answer.location else answer


def test_one_is_added_by_what_it_cannot_do_without(app, admin, page, asked):
    made = found(app)
    assert made.kind == "ldap"
    assert made.ldap["url"] == asked["url"]
    assert (made.domains, made.trust_email) == (("corp.example",), True)
    assert made.claims["sub"] == "entryUUID"
    with app.app_context():
        assert open_secret(made) == SECRET
    assert "LDAP" in words_of(admin.open("/admin/providers/new"))


def test_active_directory_has_names_of_its_own(app, admin, asked):
    there = NEW.replace("ldap", "active-directory")
    assert "sAMAccountName={login}" in admin.open(there).text
    admin.send(there, asked)
    assert found(app).claims["sub"] == "objectGUID"


def test_its_page_has_no_fields_of_other_kinds(admin, page):
    shown = admin.open(page)
    for name in ("client_id", "scopes", "issuer", "auth_method", "keeps_tokens"):
        assert f'name="{name}"' not in shown.text
    assert SECRET not in shown.text
    assert "oauth2/callback" not in shown.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"url": ""}, "Servers: must be given"),
        ({"url": "https://ldap.example"}, "Servers: must have urls like ldaps://"),
        ({"base_dn": "people"}, "Base DN of people: must be a name like ou=people"),
        ({"user_filter": "uid={login}"}, "User filter: must be a filter in brackets"),
        ({"user_filter": "(uid=ada)"}, "User filter: must have {login} in it"),
        ({"ca": "none"}, "Certificate authorities: must be certificates in PEM"),
        ({"bind_dn": ""}, "Bind DN: must be given"),
        ({"client_secret": ""}, "Password of the bind DN: must be given"),
        ({"domains": "corp"}, "Domains of its addresses: must be domains like"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(app, admin, asked, typed, words):
    answer = admin.send(NEW, asked | typed)
    assert words in errors_of(answer)
    assert f'id="{next(iter(typed))}-error-1"' in answer.text
    assert SECRET not in answer.text
    assert found(app) is None


def test_it_is_changed_and_an_empty_password_stays(app, admin, page, asked):
    held = asked | {"client_secret": "", "claims": "sub = entryUUID\nemail = mail"}
    more = {"groups_claim": "cn", "group_base_dn": f"ou=groups,{BASE}"}
    more |= {"group_filter": "(member={dn})", "groups": "all = staff"}
    assert admin.send(page, held | more).status_code == 303
    changed = found(app)
    assert changed.groups == {"all": "staff"}
    assert changed.ldap["group_base_dn"] == f"ou=groups,{BASE}"
    with app.app_context():
        assert open_secret(changed) == SECRET


def test_a_search_as_nobody_needs_no_password(app, admin, page, asked):
    nobody = asked | {"client_secret": "", "bind_dn": ""}
    admin.send(page, nobody | {"claims": "sub = entryUUID"})
    assert found(app).auth_method == "none"
    assert not found(app).secret_sealed


def test_a_test_shows_who_is_found(admin, page, directory):
    directory.add_person("ada")
    said = said_of_test(admin, "ada")
    for words in ("one person has this login", "ada@corp.example", "Ada of Corp"):
        assert words in said


def test_a_test_without_a_login_is_told_by_the_address(admin, page):
    assert "It answers as it should" in said_of_test(admin, "")


def test_a_test_says_whether_none_or_many_are_found(admin, page, asked, directory):
    assert "Nobody has this login. Check the base DN" in said_of_test(admin, "ada")
    directory.add_person("ada")
    directory.add_person("eve", sn="ada")
    wide = {"user_filter": "(|(uid={login})(sn={login}))"}
    admin.send(page, asked | wide | {"claims": "sub = entryUUID"})
    assert "More than one entry has this login" in said_of_test(admin, "ada")


def test_where_it_is_stays_while_people_are_linked(admin, page, asked, make):
    make.providers.link("corp", make.users.account("ada@corp.example").id)
    typed = asked | {"url": "ldaps://elsewhere.example"}
    refused = admin.send(page, typed | {"claims": "sub = entryUUID"})
    assert "Servers: cannot change while people are linked" in errors_of(refused)


def test_what_holds_stays_in_the_settings_when_another_form_is_sent(admin, page):
    for act, typed in (("test", {"login": "eve"}), ("delete", {"confirmation": "x"})):
        shown = admin.send(f"{page}/{act}", typed, on=page)
        assert re.search(r"<input checked[^>]* name=\"allows_sign_up\"", shown.text)
