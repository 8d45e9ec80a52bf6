"""What a role may not use is not shown: no button that would only be refused."""

import re

import pytest

from idp.accounts.groups.registry import GroupDeclaration, create_group
from idp.core.db import db
from idp.oauth.apis.registry import ApiDeclaration, create_api

LOOKING = ["support", "auditor"]
NOTHING_TO_CHANGE = ("/activity", "/deliveries", "/mail")  # where the lists are empty


@pytest.fixture
def pages(app, make) -> list[str]:
    """Return pages that everybody with a role may open, of things that exist."""
    client = make.clients.web_client().client_id
    machine = make.clients.machine_client().client_id
    provider = make.providers.provider().id
    make.attributes.scope("hr", "email")
    with app.app_context():
        api = create_api("https://api.example", ApiDeclaration("An API")).id
        group = create_group(GroupDeclaration("staff", "")).id
        db.session.commit()
    tabs = ("settings", "consent", "secrets", "branding", "access", "deliveries")
    return [
        "/admin/clients",
        f"/admin/clients/{client}",
        *(f"/admin/clients/{client}/{tab}" for tab in tabs),
        f"/admin/clients/{client}/activity",
        f"/admin/clients/{machine}/secrets",
        "/admin/apis",
        f"/admin/apis/{api}",
        "/admin/providers",
        f"/admin/providers/{provider}",
        "/admin/groups",
        f"/admin/groups/{group}",
        "/admin/scopes",
        "/admin/scopes/named/hr",
        "/admin/deliveries",
        "/admin/mail",
    ]


def changing(page: str) -> list[str]:
    """Return the buttons of a page's forms that change something, and their links."""
    content = page.split("<main")[1].split("</main>", maxsplit=1)[0]
    forms = re.findall(r'<form method="post".*?</form>', content, re.DOTALL)
    buttons = [button for form in forms for button in re.findall("<button", form)]
    links = re.findall(r'href="(/admin/[^"]*(?:/new|/danger))"', content)
    return [*buttons, *links]


@pytest.mark.parametrize("role", LOOKING)
def test_who_may_only_look_sees_nothing_to_press(http, make, pages, role):
    make.browsers.sign_in(http, roles=[role])
    for path in pages:
        answer = http.get(path)
        assert answer.status_code == 200, path
        assert changing(answer.text) == [], path


@pytest.mark.parametrize("role", LOOKING)
def test_who_may_only_look_writes_into_no_field(http, make, pages, role):
    make.browsers.sign_in(http, roles=[role])
    for path in pages:
        for form in re.findall(
            r'<form method="post".*?</form>', http.get(path).text, re.DOTALL
        ):
            fields = re.findall(r'<(?:input(?! type="hidden")|textarea|select)', form)
            inside = form.partition("<fieldset")[2].partition(">")[0]
            assert not fields or "disabled" in inside, path


def test_who_may_change_sees_what_changes(http, make, pages):
    make.browsers.sign_in(http, roles=["admin"])
    for path in pages:
        if not path.endswith(NOTHING_TO_CHANGE):
            assert changing(http.get(path).text), path


@pytest.mark.parametrize("role", LOOKING)
@pytest.mark.parametrize(
    "path",
    [
        "/admin/apis/new",
        "/admin/groups/new",
        "/admin/clients/new",
        "/admin/providers/new",
    ],
)
def test_a_page_that_only_makes_something_is_for_who_may(http, make, role, path):
    make.browsers.sign_in(http, roles=[role])
    assert http.get(path).status_code == 403
