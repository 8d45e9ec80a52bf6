"""/admin/clients: search, filters and pages in the address."""

import re
from html import unescape

import pytest

from tests.admin.pages.pages_of_clients import words_of
from tests.hosted_pages import read_page

LIST = "/admin/clients"
KINDS = ("web", "spa", "native", "device", "machine")


def listed(admin, **query) -> str:
    return words_of(admin.open(LIST, **query))


def test_an_empty_list_says_what_to_do(admin):
    assert "No apps yet. Create one, or try the demo app." in listed(admin)


def test_a_line_tells_what_the_app_is_and_how_it_is_used(admin, make):
    client = make.clients.spa(
        redirect_uris=["https://a.example/cb", "https://b.example/cb"]
    )
    make.tokens.code(client)
    make.tokens.code(client)
    page = listed(admin)
    assert "Single-page app" in page
    assert "a.example and 1 more" in page
    assert " 2 " in page
    assert "Not lately" not in page


def test_old_sign_ins_do_not_count(admin, make, clock):
    make.tokens.code(make.clients.spa())
    clock.tick(days=31)
    make.browsers.sign_in(admin.http, roles=["admin"])
    assert "Not lately" in listed(admin)


def test_a_search_finds_parts_of_names_and_ids_in_any_case(admin, make):
    make.clients.spa(client_name="Field Notes")
    other = make.clients.spa(client_name="Journal")
    assert "Field Notes" in listed(admin, q="NOTES")
    assert "Journal" not in listed(admin, q="NOTES")
    assert "Journal" in listed(admin, q=other.client_id[5:20])
    assert "No app is like that" in listed(admin, q="%")


@pytest.mark.parametrize("kind", KINDS)
def test_a_filter_shows_one_kind(admin, make, kind):
    make.clients.web_client(client_name="of-web")
    make.clients.spa(client_name="of-spa")
    make.clients.machine_client(client_name="of-machine")
    make.clients.device_client(client_name="of-device")
    make.clients.client(
        client_name="of-native",
        application_type="native",
        redirect_uris=["http://127.0.0.1/cb"],
    )
    page = listed(admin, type=kind)
    shown = {name for name in KINDS if f"of-{name}" in page}
    assert shown == {kind}


def test_a_filter_shows_what_is_turned_off(admin, make):
    on, off = make.clients.spa(client_name="lit"), make.clients.spa(client_name="unlit")
    admin.send(f"{LIST}/{off.client_id}/danger", {"action": "disable"})
    assert "unlit" in listed(admin, status="disabled")
    assert on.client_id not in listed(admin, status="disabled")
    assert off.client_id not in listed(admin, status="active")


def test_pages_show_every_app_once_in_the_order_of_names(admin, make):
    names = [f"app {number:02}" for number in range(60)]
    for name in reversed(names):
        make.clients.spa(client_name=name)
    seen, path = [], LIST
    while path:
        answer = admin.open(path)
        seen += [name for name in names if name in read_page(answer).text]
        onward = re.search(r'href="([^"]+)">Next page', answer.text)
        path = onward and unescape(onward[1])
    assert seen == names


def test_a_cursor_of_another_list_is_refused(admin, make):
    for number in range(26):
        make.clients.spa(client_name=f"app {number:02}")
    page = read_page(admin.open(LIST))
    [cursor] = [link for link in page.links if "cursor=" in link]
    answer = admin.http.get(cursor + "&q=app", headers={"Accept": "text/html"})
    assert answer.status_code == 400
