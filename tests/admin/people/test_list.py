"""/admin/users: finding a person among many."""

import re
from html import unescape

import pytest

from idp.accounts.models import User
from idp.core.clock import utcnow
from idp.core.db import db
from tests.admin.pages.pages_of_clients import words_of
from tests.hosted_pages import press


def listed(answer) -> list[str]:
    """Return the addresses that a page lists, in its order."""
    assert answer.status_code == 200
    rows = answer.text.split("<tbody")[-1] if "<tbody" in answer.text else ""
    return re.findall(r'<td role="cell" data-k="Address"><bdi[^>]*>([^<]+)', rows)


def link(page, label) -> str:
    """Return where a link of a page leads."""
    return unescape(re.search(rf'href="([^"]+)">{label}', page.text)[1])


@pytest.fixture
def many(app):
    """Store sixty people, whose addresses go by number."""
    with app.app_context():
        now = utcnow()
        for number in range(60):
            address = f"person-{number:02}@many.example"
            user = User(email=address, email_key=address, created_at=now)
            db.session.add(user)
        db.session.commit()


def test_a_person_is_found_by_part_of_name_address_and_username_or_by_id(owner, ada):
    for text in ("LOVELACE", "ada@ex", "ada", ada.id):
        assert listed(owner.open("/admin/users", q=text)) == ["ada@example.com"], text


def test_signs_that_databases_read_as_any_are_looked_for(owner, ada):
    for text in ("%", "_", "a%a"):
        assert listed(owner.open("/admin/users", q=text)) == []


def test_a_line_has_name_address_status_and_both_days(owner, make, http):
    zoe = make.users.account("zoe@example.com", username=None, name="Zoe")
    make.users.account("ben@example.com", username=None, email_verified=False)
    make.browsers.session(zoe)
    page = words_of(owner.open("/admin/users"))
    assert "Zoe zoe@example.com Active Not yet" in page
    assert "ben@example.com ben@example.com not confirmed Active Not yet" in page


def test_the_day_of_the_last_sign_in_is_shown(http, as_role, ada, make):
    press(http, http.get("/login"), username=ada.email, password=ada.password)
    page = as_role("support").open("/admin/users", q="ada@")
    cell = page.text.partition('data-k="Last sign-in">')[2]
    day = re.search(r'datetime="([^T]+)', cell)[1]
    assert day == utcnow().date().isoformat()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"status": "disabled"}, ["gone@example.com"]),
        ({"status": "deleting"}, []),
        ({"role": "auditor"}, ["eve@example.com"]),
        ({"group": "Staff"}, ["eve@example.com", "gone@example.com"]),
        ({"group": "staff", "status": "disabled"}, ["gone@example.com"]),
        ({"group": "staff", "role": "auditor", "q": "gone"}, []),
        ({"group": "nowhere"}, []),
    ],
)
def test_filters_stand_in_the_address_and_narrow_together(owner, make, filters, found):
    make.users.account("ada@example.com")
    eve = make.users.account("eve@example.com", roles=["auditor"])
    gone = make.users.account("gone@example.com", status="disabled")
    make.groups.group("staff", eve.id, gone.id)
    page = owner.open("/admin/users", **filters)
    assert listed(page) == found
    for name, value in filters.items():
        typed = rf'name="{name}"[^>]*(?: value="{value}"|>.*?value="{value}" selected)'
        chosen = rf'<option lang="en" selected>{value}</option>'
        assert re.search(f"{typed}|{chosen}", page.text, re.DOTALL), name


def test_an_unknown_status_or_role_filters_nothing(owner, ada):
    assert ada.email in listed(owner.open("/admin/users", status="x", role="y"))


def test_a_list_goes_on_and_back_to_its_beginning_with_its_filters(owner, many):
    first = owner.open("/admin/users", q="many.example")
    assert len(listed(first)) == 25
    assert "First page" not in words_of(first)
    second = owner.open(link(first, "Next page"))
    third = owner.open(link(second, "Next page"))
    assert len(listed(third)) == 10
    everyone = listed(first) + listed(second) + listed(third)
    assert everyone == sorted({*everyone})
    back = owner.open(link(third, "First page"))
    assert listed(back) == listed(first)


def test_a_cursor_of_another_search_is_refused(owner, many, http):
    first = owner.open("/admin/users", q="many.example")
    url = link(first, "Next page")
    assert http.get(url.replace("many", "any")).status_code == 400


def test_an_empty_search_says_so_and_leads_back(owner):
    page = owner.open("/admin/users", q="nobody at all")
    assert "Nobody is like that. Show everybody" in words_of(page)


@pytest.mark.parametrize("role", ["owner", "admin", "support", "auditor"])
def test_the_menu_leads_every_role_here(as_role, role):
    page = as_role(role).open("/admin/users")
    assert 'href="/admin/users" aria-current="page"' in page.text


def test_a_page_of_a_long_list_is_no_heavier_than_forty_kilobytes(owner, many):
    assert len(owner.open("/admin/users").data) < 40_000
