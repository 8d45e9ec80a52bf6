"""Who may look at the administration, and what a change asks for."""

from urllib.parse import parse_qs, urlsplit

import pytest

from idp.core.db import db
from idp.oauth.models import Client
from tests.admin.pages.pages_of_clients import AdminBrowser, words_of
from tests.hosted_pages import ORIGIN, press
from tests.make_users import PASSWORD

PAGES = ["/admin/clients", "/admin/clients/new", "/admin/clients/new/review"]


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_signed_in_is_led_to_sign_in_and_back(http, path):
    answer = http.get(path)
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.location).query)["return_to"] == [path]


@pytest.mark.parametrize("path", PAGES)
def test_people_without_the_role_are_refused(http, make, path):
    make.browsers.sign_in(http)
    answer = http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "Your role does not allow this" in words_of(answer)


def test_people_without_the_role_change_nothing(http, make, app):
    client = make.clients.web_client()
    make.browsers.sign_in(http)
    path = f"/admin/clients/{client.client_id}/danger"
    token = press_token(http)
    sent = {"action": "disable", "csrf_token": token}
    assert http.post(path, data=sent, headers={"Origin": ORIGIN}).status_code == 403
    with app.app_context():
        assert db.session.get_one(Client, client.client_id).disabled_at is None


def press_token(http) -> str:
    """Return this browser's form token, from a page that anyone may open."""
    page = http.get("/account/password").text
    return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]


def test_a_foreign_page_changes_nothing(admin, make):
    client = make.clients.web_client()
    path = f"/admin/clients/{client.client_id}/danger"
    answer = admin.http.post(
        path, data={"action": "disable"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403


class TestAProofThatIsTooOld:
    """Ten minutes after the last proof of identity a change asks for a new one."""

    @pytest.fixture
    def person(self, http, make, clock):
        return make.browsers.sign_in(http, roles=["admin"]).person

    @pytest.fixture
    def admin(self, http, person):
        return AdminBrowser(http)

    @pytest.fixture
    def client(self, make):
        return make.clients.web_client()

    @pytest.fixture
    def asked(self, admin, client, clock):
        """The answer to a change after eleven minutes."""
        clock.tick(minutes=11)
        sent = {"client_name": "Journal", "redirect_uris": "https://new.example/cb"}
        return admin.send(f"/admin/clients/{client.client_id}/settings", sent)

    def name_of(self, app, client) -> str:
        with app.app_context():
            return db.session.get_one(Client, client.client_id).client_name

    def test_looking_is_still_allowed(self, admin, client, clock):
        clock.tick(minutes=11)
        assert admin.http.get("/admin/clients").status_code == 200

    def test_nothing_is_changed_and_identity_is_asked_for(
        self, app, asked, client, admin
    ):
        assert asked.status_code == 303
        assert asked.location.startswith("/account/confirm?return_to=")
        page = admin.http.get(asked.location)
        assert "Confirm it’s you" in words_of(page)
        assert self.name_of(app, client) == "Notes"

    def test_the_page_comes_back_with_what_was_typed(
        self, app, asked, client, admin, person
    ):
        login = admin.http.get(asked.location)
        back = press(admin.http, login, password=PASSWORD)
        assert back.status_code == 303
        page = admin.open(back.location)
        assert "Nothing is saved yet" in words_of(page)
        assert 'value="Journal"' in page.text
        assert "https://new.example/cb" in page.text
        assert self.name_of(app, client) == "Notes"

    def test_a_held_form_is_for_its_sender_and_its_page_alone(
        self, asked, admin, http, make, client
    ):
        held = parse_qs(urlsplit(asked.location).query)["return_to"][0]
        elsewhere = held.replace("/settings", "/consent")
        assert "Journal" not in admin.open(elsewhere).text
        make.browsers.sign_in(http, roles=["admin"])
        assert "Journal" not in http.get(held).text

    def test_what_was_typed_cannot_be_read_in_the_address(self, asked):
        assert "Journal" not in asked.location

    def test_long_settings_still_fit_an_address(self, admin, client, clock):
        clock.tick(minutes=11)
        uris = "\n".join(f"https://notes.example/callback/{n}" for n in range(50))
        sent = {"client_name": "Journal", "redirect_uris": uris}
        asked = admin.send(f"/admin/clients/{client.client_id}/settings", sent)
        assert len(asked.location) < 4000

    def test_the_wizard_keeps_its_answers_too(self, admin, clock, person):
        clock.tick(minutes=11)
        path = "/admin/clients/new/review?kind=machine&client_name=Job&scope=read"
        asked = admin.send(path, {"client_name": "Nightly job", "scope": "read write"})
        login = admin.http.get(asked.location)
        back = press(admin.http, login, password=PASSWORD)
        page = admin.open(back.location)
        assert 'value="Nightly job"' in page.text
        made = admin.send(
            path, {"client_name": "Nightly job", "scope": "read"}, on=back.location
        )
        assert "only time you see it" in words_of(admin.follow(made))


@pytest.mark.parametrize(
    ("roles", "shown"),
    [
        (["admin"], True),
        (["owner"], True),
        (["support"], True),
        (["auditor"], True),
        ([], False),
    ],
)
def test_the_menu_of_the_account_leads_every_role_here(http, make, roles, shown):
    make.browsers.sign_in(http, roles=roles)
    home = http.get("/account", headers={"Accept": "text/html"})
    assert ('href="/admin"' in home.text) is shown


def test_an_admin_gets_no_secret_of_a_client_that_may_do_more(http, make):
    client = make.clients.machine_client(scope="admin:keys.rotate")
    make.browsers.sign_in(http, roles=["admin"])
    admin = AdminBrowser(http)
    path = f"/admin/clients/{client.client_id}/secrets"
    page = http.get(path)
    sent = {"secret_id": admin.value(page, "secret_id"), "overlap": ""}
    answer = admin.send(path, sent)
    assert answer.status_code == 403
    assert answer.json["code"] == "permission_beyond"
