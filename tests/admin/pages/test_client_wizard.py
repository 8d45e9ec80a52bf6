"""/admin/clients/new: three pages, and a client that works at the end."""

from html import unescape
from urllib.parse import urlencode

import pytest

from idp.core.db import db
from idp.oauth.clients.registry import list_clients
from idp.oauth.models import Client
from tests.admin.pages.pages_of_clients import errors_of, words_of
from tests.hosted_pages import read_page
from tests.make_clients import MadeClient
from tests.oauth.devices import Device, connect
from tests.rp import RelyingParty

NEW = "/admin/clients/new"
WEB = {
    "kind": "web",
    "client_name": "Notes",
    "framework": "authlib",
    "base_url": "https://notes.example/",
    "refresh": "1",
}
SPA = WEB | {"kind": "spa", "framework": "oidc-client-ts"}
NATIVE = {"kind": "native", "client_name": "Notes", "returns_by": "loopback"}
DEVICE = {"kind": "device", "client_name": "Living room TV"}
MACHINE = {"kind": "machine", "client_name": "Nightly job", "scope": "read write"}


def review(answers: dict) -> str:
    return f"{NEW}/review?{urlencode(answers)}"


def finish(admin, answers: dict, **changed):
    """Send the last page as it stands, with some fields changed."""
    page = admin.http.get(review(answers))
    fields = {"client_name": admin.value(page, "client_name")}
    fields["scope"] = admin.value(page, "scope")
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        if f'name="{name}"' in page.text:
            field = page.text.split(f'name="{name}"')[1]
            fields[name] = unescape(field.split(">")[1].split("<")[0]).strip()
    return admin.send(review(answers), fields | changed)


def made(admin, answers: dict):
    """Send the last page, and go where it leads."""
    return admin.follow(finish(admin, answers))


def clients(app) -> list[Client]:
    with app.app_context():
        return [db.session.get_one(Client, made.client_id) for made in list_clients()]


def secret_in(page) -> str:
    assert page.status_code == 200, page.location
    return page.text.split('data-copy="')[1].split('"')[0]


def test_nothing_is_kept_before_the_last_page(admin, app):
    assert "Web server" in words_of(admin.open(NEW))
    assert "Framework or product" in words_of(admin.open(f"{NEW}/app", kind="web"))
    assert "Set for you" in words_of(admin.open(review(WEB)))
    assert clients(app) == []


@pytest.mark.parametrize(
    ("framework", "redirect_uri"),
    [
        ("authlib", "https://notes.example/auth/callback"),
        ("authjs", "https://notes.example/api/auth/callback/idp"),
        ("spring", "https://notes.example/login/oauth2/code/idp"),
        ("grafana", "https://notes.example/login/generic_oauth"),
        ("oauth2-proxy", "https://notes.example/oauth2/callback"),
    ],
)
def test_the_framework_fills_the_redirect_uri(admin, framework, redirect_uri):
    page = admin.open(review(WEB | {"framework": framework}))
    assert redirect_uri in page.text


def test_a_web_client_of_the_wizard_signs_people_in(admin, app, http):
    page = made(admin, WEB)
    secret = secret_in(page)
    assert "only time you see it" in words_of(page)
    [client] = clients(app)
    [uri] = client.registered["redirect_uris"]
    web = MadeClient(client.client_id, secret, uri)
    rp = RelyingParty(http, web, scope="openid profile offline_access")
    tokens = rp.finish(rp.allow(rp.reach())).tokens
    assert tokens["refresh_token"]


def test_a_framework_that_reads_the_id_token_finds_the_claims_there(admin, app):
    finish(admin, WEB | {"framework": "authjs"}, client_id="next")
    finish(admin, WEB, client_id="flask")
    told = {each.client_id: each.registered for each in clients(app)}
    assert told["next"]["id_token_claims"] == "scope"
    assert "id_token_claims" not in told["flask"]
    assert told["flask"]["initiate_login_uri"] == "https://notes.example/login"


def test_a_single_page_app_has_no_secret_and_its_origin_may_call(admin, app):
    answer = finish(admin, SPA)
    assert answer.status_code == 303
    assert "It needs no secret" in words_of(admin.open(answer.location))
    [client] = clients(app)
    assert client.registered["token_endpoint_auth_method"] == "none"
    preflight = admin.http.options(
        "/oauth2/token",
        headers={
            "Origin": "https://notes.example",
            "Access-Control-Request-Method": "POST",
        },
    )
    allowed = preflight.headers["Access-Control-Allow-Origin"]
    assert allowed == "https://notes.example"


def test_a_native_app_may_use_any_loopback_port(admin, app, http):
    finish(admin, NATIVE)
    [client] = clients(app)
    assert client.registered["application_type"] == "native"
    made = MadeClient(client.client_id, None, "http://127.0.0.1:49152/callback")
    assert "wants to use" in words_of(RelyingParty(http, made).reach())


def test_a_native_app_may_use_a_scheme_of_its_own(admin, app):
    finish(admin, NATIVE | {"returns_by": "scheme", "scheme": "com.example.notes"})
    [client] = clients(app)
    assert client.registered["redirect_uris"] == ["com.example.notes:/callback"]


def test_a_scheme_that_is_no_domain_is_taken_with_a_warning(admin, app):
    cursor = NATIVE | {"returns_by": "scheme", "scheme": "cursor"}
    assert "a domain of yours, reversed" in words_of(admin.open(review(cursor)))
    finish(admin, cursor, redirect_uris="cursor://auth/callback")
    [client] = clients(app)
    assert client.registered["redirect_uris"] == ["cursor://auth/callback"]
    settings = admin.open(f"/admin/clients/{client.client_id}/settings")
    assert "the scheme of cursor://auth/callback" in words_of(settings)


def test_a_device_is_connected_by_its_code(admin, app, http, make):
    assert "Polling interval 5 seconds" in words_of(admin.open(review(DEVICE)))
    answer = finish(admin, DEVICE)
    assert "It needs no secret" in words_of(admin.open(answer.location))
    [client] = clients(app)
    assert client.registered["redirect_uris"] == []
    make.browsers.sign_in(http)
    device = Device(http, MadeClient(client.client_id, None, ""), scope="openid")
    connect(http, device)
    assert device.poll().json["refresh_token"]


def test_a_machine_gets_tokens_with_its_secret(admin, app, http):
    secret = secret_in(made(admin, MACHINE))
    [client] = clients(app)
    form = {"grant_type": "client_credentials", "scope": "read"}
    answer = http.post("/oauth2/token", data=form, auth=(client.client_id, secret))
    assert answer.json["scope"] == "read"


@pytest.mark.parametrize(
    ("answers", "fix"),
    [
        (
            WEB | {"base_url": "http://notes.example"},
            "use https (http is for localhost",
        ),
        (WEB | {"base_url": "notes.example"}, "write it in full"),
        (WEB | {"base_url": "https://*.notes.example"}, "wildcard"),
        (WEB | {"base_url": "https://idp.example"}, "on this server itself"),
        (WEB | {"base_url": ""}, "Give the address"),
        (WEB | {"client_name": " "}, "Give the app a name"),
        (WEB | {"framework": "nonesuch"}, "Not a valid choice"),
        (NATIVE | {"returns_by": "scheme", "scheme": "tel"}, "one of the app's own"),
        (NATIVE | {"returns_by": "scheme"}, "required"),
        (NATIVE | {"returns_by": "https", "base_url": "http://x.example"}, "use https"),
    ],
)
def test_a_wrong_answer_is_explained_on_its_own_page(admin, answers, fix):
    page = admin.open(review(answers))
    assert fix in errors_of(page)
    assert "Step 2 of 3" in words_of(page)


def test_back_leads_to_the_answers_as_they_were_given(admin):
    page = admin.open(review(WEB))
    back = [link for link in read_page(page).links if "/new/app?" in link]
    assert 'value="https://notes.example/"' in admin.open(back[0]).text


def test_a_correction_on_the_last_page_counts(admin, app):
    finish(admin, WEB, redirect_uris="https://notes.example/other", client_id="notes")
    [client] = clients(app)
    assert client.client_id == "notes"
    assert client.registered["redirect_uris"] == ["https://notes.example/other"]


def test_mistakes_on_the_last_page_are_explained_and_nothing_is_kept(admin, app):
    page = finish(admin, WEB, redirect_uris="https://notes.example/#top")
    assert "drop the #" in errors_of(page)
    assert "https://notes.example/#top" in page.text
    assert clients(app) == []


def test_an_id_that_is_taken_is_refused_so_sending_twice_makes_one_client(admin, app):
    finish(admin, WEB, client_id="notes")
    page = finish(admin, WEB, client_id="notes")
    assert "registered already" in errors_of(page)
    assert len(clients(app)) == 1


def test_the_last_page_sent_twice_makes_one_client(admin, app):
    sent = {"spare_id": admin.value(admin.open(review(WEB)), "spare_id")}
    answers = [finish(admin, WEB, **sent) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert "only time you see it" in words_of(admin.open(answers[0].location))
    assert [client.client_id for client in clients(app)] == [sent["spare_id"]]


@pytest.mark.parametrize("client_id", ["has space", "a/b", "é", "x" * 256])
def test_an_id_of_odd_spelling_is_refused(admin, app, client_id):
    page = finish(admin, WEB, client_id=client_id)
    assert "Use letters, digits" in errors_of(page)
    assert clients(app) == []


@pytest.mark.parametrize("path", [f"{NEW}/app", f"{NEW}/review", f"{NEW}/app?kind=x"])
def test_a_page_without_its_answers_leads_to_the_first(admin, path):
    answer = admin.http.get(path)
    assert (answer.status_code, answer.location) == (303, NEW)


def test_parameters_of_the_address_do_not_reach_the_links_as_anything_else(admin):
    page = admin.open(review(WEB | {"_external": "1", "_scheme": "javascript"}))
    assert not any(link.startswith("javascript:") for link in read_page(page).links)
