"""Sessions sealed into cookies: what holds, and what they cannot do."""

from http.cookiejar import Cookie

import httpx
import pytest

from idp_rp.asgi import BffApp
from tests.bff.apps import KEY, NAME, Tab, told_in_turn

LARGE = {"padding": "x" * 5000}


@pytest.fixture
def sealed(build):
    return lambda **changed: build(store=None, **changed)


def set_cookies(tab: Tab, cookies: dict[str, str]) -> None:
    """Give a browser these cookies and no other."""
    tab.http.cookies.clear()
    for name, value in cookies.items():
        tab.http.cookies.set(name, value, domain="app.example", path="/")


def test_a_session_is_in_the_browser_and_opens_nowhere_else(sealed, peer, enter):
    there = sealed()
    answer = enter(there.tab, **LARGE)
    assert there.tab.user["sub"] == "upstream-ada"
    assert there.tab.call("/api/notes/a").status_code == 200
    set_cookies_headers = answer.headers.get_list("set-cookie")
    assert len(there.tab.cookies) > 2
    assert max(map(len, set_cookies_headers)) <= 4096
    (token,) = peer.live
    assert token not in "".join(there.tab.cookies.values())
    other = Tab(sealed(keys=["o" * 40]).bff)
    set_cookies(other, there.tab.cookies)
    assert other.user is None


def test_keys_are_replaced_one_by_one(sealed, enter):
    there = sealed()
    enter(there.tab)
    newer = Tab(sealed(keys=["n" * 40, KEY]).bff)
    set_cookies(newer, there.tab.cookies)
    assert newer.user


def test_no_chunk_can_be_changed_left_out_or_exchanged(sealed, enter):
    there = sealed()
    enter(there.tab, **LARGE)
    own = there.tab.cookies
    enter(there.tab, sub="eve", **LARGE)
    others = there.tab.cookies
    second = f"{NAME}-1"
    swapped = own | {NAME: own[second], second: own[NAME]}
    fewer = {name: value for name, value in own.items() if name != second}
    count, _, first = own[NAME].partition(".")
    flipped = "A" if own[second][9] != "A" else "B"
    for tampered in (
        own | {second: others[second]},
        swapped,
        fewer,
        own | {second: own[second][:9] + flipped + own[second][10:]},
        own | {NAME: f"{int(count) - 1}.{first}"},
        own | {NAME: f"99.{first}"},
        own | {NAME: f"-1.{first}"},
        own | {NAME: first},
        own | {NAME: ""},
    ):
        set_cookies(there.tab, tampered)
        assert there.tab.user is None
    set_cookies(there.tab, own)
    assert there.tab.user["sub"] == "upstream-ada"


def test_a_start_does_not_pass_for_a_session(sealed):
    there = sealed()
    there.tab.start()
    (start,) = there.tab.http.cookies.jar
    assert isinstance(start, Cookie)
    set_cookies(there.tab, {NAME: f"1.{start.value}"})
    assert there.tab.user is None


def test_a_smaller_session_leaves_no_chunk_of_a_larger_one(sealed, enter):
    tab = sealed().tab
    enter(tab, **LARGE)
    assert len(tab.cookies) > 2
    enter(tab)
    assert list(tab.cookies) == [NAME]
    assert tab.user


def test_a_session_that_is_too_large_is_refused_and_not_cut(sealed, enter):
    tab = sealed().tab
    answer = enter(tab, padding="x" * 20_000)
    assert answer.status_code == 500
    assert tab.cookies == {}


def test_a_renewed_session_goes_to_the_browser(sealed, peer, enter, clock):
    tab = sealed().tab
    enter(tab)
    clock.tick(minutes=6)
    assert tab.call("/api/notes/a").status_code == 200
    clock.tick(minutes=6)
    assert tab.call("/api/notes/a").status_code == 200
    assert len(peer.refreshes) == 2


def test_a_renewed_session_is_kept_where_the_call_itself_fails(
    sealed, peer, enter, clock
):
    there = sealed(face="asgi")
    enter(there.tab)
    full = BffApp(there.bff, streams=0)
    there.tab.http._transport.inner = httpx.ASGITransport(full)

    def down(_request):
        raise httpx.ConnectError("refused")

    for answer, status in ((down, 502), (told_in_turn([], [b"1"]), 503)):
        clock.tick(minutes=6)
        there.api.answer = answer
        assert there.tab.call("/api/notes/a").status_code == status
        there.api.answer = None
        assert there.tab.call("/api/notes/a").status_code == 200
    assert len(peer.refreshes) == 2


def test_what_it_cannot_do_is_not_offered(sealed, peer, enter):
    """Neither an end from outside, nor one for a copied cookie."""
    tab = sealed().tab
    enter(tab)
    token = {"logout_token": peer.logout_token()}
    assert tab.http.post("/bff/backchannel-logout", data=token).status_code == 404
    copied = tab.cookies
    tab.leave()
    assert tab.cookies == {}
    assert len(peer.revoked) == 1
    set_cookies(tab, copied)
    assert tab.user


def test_a_sealed_session_ends_with_its_time(sealed, enter, clock):
    tab = sealed(session_seconds=60).tab
    enter(tab)
    clock.tick(seconds=61)
    assert tab.user is None
