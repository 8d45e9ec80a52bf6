"""Long lists of the console: on to the last page and back to the first."""

import re
from html import unescape

import pytest

from idp.accounts.models import Group, GroupMember, User
from idp.core.db import db
from idp.core.randomness import new_id
from idp.oauth.apis.registry import ApiDeclaration, create_api
from idp.security import audit
from tests.admin.pages.pages_of_clients import AdminBrowser

MANY = 60
ADA, GROUP = "a" * 32, "c" * 32


@pytest.fixture
def owner(http, make):
    make.browsers.sign_in(http, email="zoe@idp.example", roles=["owner"])
    return AdminBrowser(http)


@pytest.fixture
def many(app, make):
    """Store sixty of each thing that is listed; each has a number in its name."""
    numbers = [f"n{number:02}" for number in range(MANY)]
    for number in numbers:
        make.clients.web_client(client_name=number)
    with app.app_context():
        db.session.add(Group(id=GROUP, name="Staff", name_key="staff"))
        db.session.add(User(id=ADA, email="ada@a.example", email_key="ada@a.example"))
        for number in numbers:
            address, user_id = f"{number}@many.example", new_id()
            db.session.add(User(id=user_id, email=address, email_key=address))
            db.session.add(Group(name=f"{number} group", name_key=f"{number} group"))
            create_api(f"https://{number}.example", ApiDeclaration(name=number))
            db.session.flush()
            db.session.add(GroupMember(group_id=GROUP, user_id=user_id))
            audit.record("profile.changed", user_id=ADA, fields=[number])
            action = {"action": number, "subject": ADA}
            audit.record("admin.action", user_id="b" * 32, **action)
        db.session.commit()


def link(page, label) -> str | None:
    """Return where a link of a page leads, if it has one."""
    found = re.search(rf'href="([^"]+)">{label}', page.text)
    return unescape(found[1]) if found else None


def rows(page) -> list[str]:
    """Return what a page lists, without what is another one each time."""
    assert page.status_code == 200
    main = page.text.partition("<main")[2]
    return re.findall(r"<bdi[^>]*>([^<]*n\d\d[^<]*)", main)


@pytest.mark.parametrize(
    "path",
    [
        "/admin/users?q=many.example",
        "/admin/clients",
        "/admin/groups",
        "/admin/apis",
        f"/admin/groups/{GROUP}",
        "/admin/logs?event=profile.changed",
        f"/admin/users/{ADA}/activity",
    ],
)
def test_a_list_goes_back_as_it_went_on(owner, many, path):
    pages = [owner.open(path)]
    assert link(pages[0], "Previous page") is link(pages[0], "First page") is None
    while link(pages[-1], "Next page"):
        pages.append(owner.open(link(pages[-1], "Next page")))
    assert len(pages) >= 3
    seen = [rows(page) for page in pages]
    assert sum(map(len, seen)) >= 55
    back, last = [], pages[-1]
    while link(last, "Previous page"):
        last = owner.open(link(last, "Previous page"))
        back.append(rows(last))
    assert back[::-1] == seen[:-1]
    assert link(last, "First page") is None
    assert rows(owner.open(link(last, "Next page"))) == seen[1]


def test_who_came_meanwhile_stands_on_the_page_before(owner, many, app):
    second = owner.open(link(owner.open("/admin/users?q=many"), "Next page"))
    with app.app_context():
        address = "n24a@many.example"
        db.session.add(User(email=address, email_key=address))
        db.session.commit()
    first = owner.open(link(second, "Previous page"))
    assert rows(first)[-1] == "n24a@many.example"
    assert link(first, "Previous page")
