"""The menu of the administration."""

import re
from html import unescape

import pytest

HTML = {"Accept": "text/html"}


def menu_of(page: str) -> dict[str, dict[str, str]]:
    """Return group -> label -> address, as a page's menu has them."""
    menu = page.split('<nav class="side"')[1].split("</nav>", 1)[0]
    groups: dict[str, dict[str, str]] = {}
    for part in menu.split('<p class="cap"')[1:]:
        name = part.split(">", 1)[1].split("<", 1)[0]
        links = re.findall(r'<a href="([^"]+)"[^>]*>.*?</svg>([^<]*)</a>', part)
        groups[name] = {unescape(label): url for url, label in links}
    return groups


def opened(http, url: str) -> str:
    answer = http.get(url, headers=HTML, follow_redirects=True)
    assert answer.status_code == 200, url
    return answer.text


def test_pages_stand_in_groups(http, make):
    make.browsers.sign_in(http, roles=["owner"])
    groups = menu_of(opened(http, "/admin/clients"))
    assert list(groups) == ["People", "Apps", "Sign-in", "Logs", "System", "You"]
    assert groups["Apps"]["Apps"] == "/admin/clients"
    assert groups["System"]["API keys"] == "/admin/api-keys"


@pytest.mark.parametrize("role", ["owner", "admin", "support", "auditor"])
def test_the_menu_has_no_page_that_is_refused_and_no_empty_group(http, make, role):
    make.browsers.sign_in(http, roles=[role])
    groups = menu_of(opened(http, "/admin/clients"))
    assert all(groups.values())
    for links in groups.values():
        for url in links.values():
            opened(http, url)


def test_a_page_below_another_marks_its_entry(http, make):
    make.browsers.sign_in(http, roles=["owner"])
    page = opened(http, "/admin/apis/new")
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', page) == ["/admin/apis"]
