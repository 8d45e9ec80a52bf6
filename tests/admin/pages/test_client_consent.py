"""What an app may ask for: boxes of what is known, a field for others."""

import re
from urllib.parse import parse_qs, urlsplit

from tests.admin.pages.pages_of_clients import path_of, row_of
from tests.hosted_pages import read_page
from tests.rp import RelyingParty


def ticked(page, name: str) -> list[str]:
    """Return the values of the boxes of one name that are ticked."""
    boxes = re.findall(rf'<input type="checkbox" name="{name}"[^>]*>', page.text)
    return [re.search('value="([^"]+)"', box)[1] for box in boxes if " checked" in box]


def chosen(page) -> str:
    """Return what is selected."""
    return dict(read_page(page).forms[-1].fields)["organization"]


def test_what_people_may_leave_out_is_chosen_here(admin, make):
    client = make.clients.spa(scope="openid email address")
    page = admin.open(path_of(client, "consent"))
    assert ticked(page, "optional") == ["address", "phone", "offline_access"]
    assert admin.value(page, "optional_scope") == ""
    sent = {"scopes": ["openid", "email", "address"], "optional": ["email"]}
    assert admin.send(path_of(client, "consent"), sent).status_code == 303
    consent = RelyingParty(admin.http, client, scope="openid email address").reach()
    assert 'name="keep-email"' in consent.text
    assert 'name="keep-address"' not in consent.text


def test_built_in_scopes_have_boxes_and_others_a_field(admin, app, make):
    client = make.clients.spa(scope="openid email notes")
    page = admin.open(path_of(client, "consent"))
    assert ticked(page, "scopes") == ["openid", "email"]
    assert admin.value(page, "scope") == "notes"
    sent = {"scopes": ["openid", "profile"], "scope": "notes openid tasks"}
    assert admin.send(path_of(client, "consent"), sent).status_code == 303
    assert row_of(app, client).registered["scope"] == "openid profile notes tasks"


def test_all_of_the_account_is_offered_to_own_apps_alone(admin, make):
    others, own = make.clients.spa(), make.clients.own_app(scope="openid")
    boxes = [
        'name="scopes" value="account"' in admin.open(path_of(one, "consent")).text
        for one in (others, own)
    ]
    assert boxes == [False, True]


def test_a_machine_is_given_what_its_maker_may_do_and_no_more(app, admin, make):
    machine = make.clients.machine_client(scope="read")
    page = admin.open(path_of(machine, "consent"))
    assert 'value="admin:users.read"' in page.text
    assert 'value="admin:users.roles"' not in page.text
    sent = {"scopes": ["admin:users.read"], "scope": "read"}
    assert admin.send(path_of(machine, "consent"), sent).status_code == 303
    assert row_of(app, machine).registered["scope"] == "admin:users.read read"
    page = admin.open(path_of(machine, "consent"))
    assert ticked(page, "scopes") == ["admin:users.read"]
    beyond = {"scopes": ["admin:users.roles"], "scope": "read"}
    assert admin.send(path_of(machine, "consent"), beyond).status_code == 403


def test_ticks_survive_a_proof_of_identity(admin, clock, make):
    client = make.clients.spa(scope="openid")
    clock.tick(minutes=11)
    sent = {"scopes": ["openid", "email", "phone"], "scope": "notes"}
    asked = admin.send(path_of(client, "consent"), sent)
    back = parse_qs(urlsplit(asked.location).query)["return_to"][0]
    page = admin.http.get(back)
    assert ticked(page, "scopes") == ["openid", "email", "phone"]
    assert admin.value(page, "scope") == "notes"


def test_whether_people_come_in_an_organization_is_chosen_here(admin, app, make):
    client = make.clients.spa(scope="openid")
    there = path_of(client, "consent")
    assert chosen(admin.open(there)) == "none"
    sent = {"scopes": ["openid"], "organization": "required"}
    assert admin.send(there, sent).status_code == 303
    assert row_of(app, client).registered["organization"] == "required"
    assert chosen(admin.open(there)) == "required"
    assert admin.send(there, {"scopes": ["openid"]}).status_code == 303
    assert row_of(app, client).registered["organization"] == "required"
    page = admin.send(there, sent | {"organization": "always"})
    assert page.status_code == 200
    admin.send(there, sent | {"organization": "none"})
    assert "organization" not in row_of(app, client).registered
