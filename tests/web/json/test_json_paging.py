"""Lists in pages: complete, bounded, and with cursors that nobody can make up."""

import pytest

from tests.issuer import ISSUER


def walk(program, **query):
    """All items by following the cursors, and the sizes of the pages."""
    items, sizes, cursor = [], [], None
    while True:
        asked = query | ({"cursor": cursor} if cursor else {})
        page = program.get("/shelf/list", query_string=asked).json
        items += page["items"]
        sizes.append(len(page["items"]))
        cursor = page["next_cursor"]
        if cursor is None:
            return items, sizes


@pytest.mark.parametrize(
    ("limit", "sizes"),
    [(10, [10, 10, 5]), (25, [25]), (24, [24, 1]), (100, [25]), (1, [1] * 25)],
)
def test_the_pages_together_are_the_list(program, limit, sizes):
    items, found = walk(program, limit=limit)
    assert items == [f"book {n:02}" for n in range(25)]
    assert found == sizes


@pytest.mark.parametrize("limit", ["0", "-1", "101", "9" * 40, "ten", "", "1.5"])
def test_a_limit_out_of_bounds_is_400(program, limit):
    answer = program.get(f"/shelf/list?limit={limit}")
    assert answer.status_code == 400
    assert answer.json["errors"][0]["field"] == "limit"


def test_a_changed_or_invented_cursor_is_400(program):
    good = program.get("/shelf/list?limit=5").json["next_cursor"]
    packed, _, mac = good.partition(".")
    for bad in (f"{packed}A.{mac}", f"{packed}.{mac[:-2]}xx", packed, "x.y", "é", "."):
        answer = program.get("/shelf/list", query_string={"cursor": bad})
        assert answer.status_code == 400
        [error] = answer.json["errors"]
        assert (error["field"], error["code"]) == ("cursor", "invalid_cursor")


def test_a_cursor_belongs_to_one_list(shelved, program):
    from idp.core.paging import make_cursor

    with shelved.app_context():
        other = make_cursor(("book 05",), of="another list")
        own = make_cursor(("book 05",), of="books")
    assert program.get(f"/shelf/list?cursor={other}").status_code == 400
    assert program.get(f"/shelf/list?cursor={own}").json["items"][0] == "book 06"


def test_the_next_page_is_linked(program):
    first = program.get("/shelf/list?limit=20")
    link = first.headers["Link"]
    assert link.startswith(f"<{ISSUER}/shelf/list?limit=20&cursor=")
    assert link.endswith('>; rel="next"')
    path = link[1 : link.index(">")].removeprefix(ISSUER)
    last = program.get(path)
    assert len(last.json["items"]) == 5
    assert "Link" not in last.headers
