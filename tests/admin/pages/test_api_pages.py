"""The pages about APIs: list, register, change, delete, and choose them for an app."""

import re

import pytest

from idp.core.db import db
from idp.oauth.apis.permissions import ApiPermission, list_permissions
from idp.oauth.apis.registry import (
    ApiDeclaration,
    create_api,
    declaration_of,
    find_api,
    list_apis,
)
from tests.admin.pages.pages_of_clients import AdminBrowser, errors_of, words_of

API = "https://api.example"
SCOPES = "read Read your notes\nread @de Notizen lesen\nwrite"


def typed(**changed) -> dict:
    usual = {
        "identifier": API,
        "name": "Notes",
        "scopes": SCOPES,
        "signing_alg": "RS256",
        "access_token_seconds": "300",
    }
    return usual | changed


def page_of(app, identifier=API) -> str:
    with app.app_context():
        return f"/admin/apis/{find_api(identifier).id}"


def declared(app, identifier=API):
    with app.app_context():
        return declaration_of(find_api(identifier))


@pytest.fixture
def registered(app, admin: AdminBrowser) -> str:
    """The page of an API that was registered here."""
    assert admin.send("/admin/apis/new", typed()).status_code == 303
    return page_of(app)


def test_an_api_is_registered_with_its_scopes_in_words(app, admin, registered):
    api = declared(app)
    assert (api.name, api.signing_alg, api.access_token_seconds) == (
        "Notes", "RS256", 300,
    )  # fmt: skip
    assert api.scopes == {
        "read": {"en": "Read your notes", "de": "Notizen lesen"},
        "write": {},
    }
    words = words_of(admin.open("/admin/apis"))
    assert "Notes" in words
    assert API in words


def test_what_is_typed_is_what_the_page_shows_again(app, admin, registered):
    page = admin.open(registered)
    assert "read @de Notizen lesen" in page.text
    before = declared(app)
    sent = typed(scopes="read Read your notes\nread @de Notizen lesen\nwrite")
    admin.send(registered, sent)
    assert declared(app) == before


def test_a_change_replaces_what_is_declared(app, admin, registered):
    sent = typed(name="Diary", scopes="read", signing_alg="", access_token_seconds="")
    assert admin.send(registered, sent).status_code == 303
    api = declared(app)
    assert (api.name, api.signing_alg, api.access_token_seconds) == (
        "Diary",
        None,
        None,
    )
    assert api.scopes == {"read": {}}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"identifier": "no address"}, "absolute URI"),
        ({"identifier": "https://idp.example/admin"}, "this server"),
        ({"name": ""}, "Give the API a name."),
        ({"scopes": 'say"so Anything'}, "no scope value"),
        ({"scopes": "openid Know you"}, "means something at this server itself"),
        ({"access_token_seconds": "soon"}, "must be a number of seconds, 60 to"),
        ({"access_token_seconds": "9" * 12}, "must be a number of seconds, 60 to"),
    ],
)
def test_a_mistake_is_explained_and_what_was_typed_stays(app, admin, changed, told):
    page = admin.send("/admin/apis/new", typed(**changed))
    assert told in errors_of(page)
    assert "Notizen lesen" in page.text or "scopes" in changed
    with app.app_context():
        assert list_apis() == []


def test_an_identifier_is_registered_once(admin, registered):
    page = admin.send("/admin/apis/new", typed())
    assert "is registered already" in errors_of(page)


def test_it_is_deleted_after_its_identifier_was_typed(app, admin, registered):
    path = f"{registered}/delete"
    page = admin.send(path, {"confirmation": "https://api"}, on=registered)
    assert "exactly as it stands" in errors_of(page)
    assert admin.send(path, {"confirmation": API}, on=registered).status_code == 303
    with app.app_context():
        assert list_apis() == []
    assert admin.http.get(registered).status_code == 404


def test_the_built_in_ones_are_shown_and_have_no_page(admin):
    words = words_of(admin.open("/admin/apis"))
    for identifier in ("", "/account", "/admin"):
        assert f"https://idp.example{identifier}" in words
    assert "No APIs yet." in words


def test_an_imported_one_says_so_until_it_is_saved(app, admin, registered):
    with app.app_context():
        find_api(API).imported = True
        db.session.commit()
    assert "An upgrade found this address in use" in words_of(admin.open(registered))
    admin.send(registered, typed())
    assert "Imported" not in words_of(admin.open("/admin/apis"))


@pytest.mark.parametrize(
    ("ticked", "allowed"),
    [
        ([API], [ApiPermission(API)]),
        ([f"{API} read"], [ApiPermission(API, ("read",))]),
        ([API, f"{API} read"], [ApiPermission(API)]),
        ([], []),
    ],
)
@pytest.mark.usefixtures("registered")
def test_an_app_gets_what_is_ticked_for_it(app, admin, make, ticked, allowed):
    client = make.clients.web_client(apis=[API])
    path = f"/admin/clients/{client.client_id}/consent"
    sent = {"scope": "openid", "optional_scope": "", "apis": ticked}
    assert admin.send(path, sent).status_code == 303
    with app.app_context():
        assert list_permissions(client.client_id) == allowed
    boxes = re.findall('<input [^>]*name="apis"[^>]*>', admin.open(path).text)
    assert sum(" checked" in box for box in boxes) == len(allowed)


def test_what_does_not_exist_cannot_be_ticked(app, admin, make, registered):
    client = make.clients.web_client(apis=[API])
    path = f"/admin/clients/{client.client_id}/consent"
    for unknown in ("https://other.example", f"{API} admin", ""):
        sent = {"scope": "openid", "optional_scope": "", "apis": [unknown]}
        assert errors_of(admin.send(path, sent))
    with app.app_context():
        assert list_permissions(client.client_id) == [ApiPermission(API)]


def test_the_page_of_an_api_names_the_apps_that_may_ask(admin, make, registered):
    make.clients.web_client(client_name="Reader", apis=[API])
    assert "Reader" in words_of(admin.open(registered))


def test_apis_are_searched_and_paged(app, admin: AdminBrowser):
    with app.app_context():
        for number in range(30):
            declared_as = ApiDeclaration(name=f"API {number:02}")
            create_api(f"https://{number:02}.example", declared_as)
        db.session.commit()
    first = words_of(admin.open("/admin/apis"))
    assert "API 24" in first
    assert "API 25" not in first
    assert "Next page" in first
    assert "Built in" in first
    page = words_of(admin.open("/admin/apis?q=27.example"))
    assert "API 27" in page
    assert "API 26" not in page
    none = words_of(admin.open("/admin/apis?q=nothing"))
    assert "No API is like that. Show all" in none
