"""Sessions that end: by the page, by the issuer, by a refresh that is refused."""

from base64 import b64encode
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.core.clock import unix, utcnow
from tests.bff.apps import NAME, ORIGIN, Tab
from tests.bff.peer import ISSUER
from tests.federation.peers import CLIENT_ID

EVENT = "http://schemas.openid.net/event/backchannel-logout"

NESTED = f"{b64encode(b'[' * 40_000).decode().rstrip('=')}.b.c"


def notify(tab: Tab, token: str) -> int:
    """Tell the app of an end, as the issuer does: no cookie, no header."""
    answer = tab.http.post(
        "/bff/backchannel-logout", data={"logout_token": token}, headers={"Cookie": ""}
    )
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code


def test_the_page_signs_out_here_and_goes_to_the_issuer(build, peer, enter):
    tab = build().tab
    enter(tab)
    (refresh_token,) = peer.live
    url, query = tab.leave().split("?")
    assert url == f"{ISSUER}/logout"
    asked = parse_qs(query)
    assert asked["post_logout_redirect_uri"] == [f"{ORIGIN}/"]
    assert asked["client_id"] == [CLIENT_ID]
    assert asked["id_token_hint"][0].count(".") == 2
    assert peer.revoked == [refresh_token]
    assert tab.cookies == {}
    assert tab.call("/logout", "POST").json() == {"logout_url": "/"}


@pytest.mark.parametrize("store", ["memory", None])
def test_no_script_gets_hold_of_the_id_token_at_the_sign_out(build, enter, store):
    """It reads answers, and calls and sends elsewhere what it has read."""
    there = build(store=store)
    enter(there.tab, padding="x" * 5000)
    answer = there.tab.call("/logout", "POST")
    url = answer.json()["logout_url"]
    assert "eyJ" not in answer.text
    assert "HttpOnly" in answer.headers["set-cookie"]
    thief = Tab(there.bff)
    assert thief.http.get(url).headers["location"] == f"{ORIGIN}/"
    for mode in ("cors", "no-cors", "same-origin"):
        fetched = there.tab.http.get(url, headers={"Sec-Fetch-Mode": mode})
        assert fetched.status_code == 403
        assert "location" not in fetched.headers
    assert "id_token_hint=eyJ" in there.tab.http.get(url).headers["location"]
    assert there.tab.cookies == {}
    assert there.tab.http.get(url).headers["location"] == f"{ORIGIN}/"


def test_what_is_left_for_the_issuer_is_no_session_and_ends_soon(build, enter, clock):
    there = build()
    enter(there.tab)
    there.tab.call("/logout", "POST")
    (left,) = there.tab.cookies.values()
    thief = Tab(there.bff)
    thief.http.cookies.set(NAME, left)
    assert thief.user is None
    clock.tick(minutes=2)
    assert there.tab.http.get("/bff/end-session").headers["location"] == f"{ORIGIN}/"


def test_a_copied_cookie_is_worth_nothing_after_the_sign_out(build, enter):
    there = build()
    enter(there.tab)
    thief = Tab(there.bff)
    thief.http.cookies.set(NAME, there.tab.cookies[NAME])
    assert thief.user
    there.tab.call("/logout", "POST")
    assert thief.user is None


def test_the_user_is_signed_out_here_though_the_issuer_is_down(build, peer, enter):
    tab = build().tab
    enter(tab)
    peer.closed = True
    assert tab.call("/logout", "POST").status_code == 200
    assert tab.user is None


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/logout", {}),
        ("POST", "/logout", {"X-BFF": "0"}),
        ("POST", "/logout", {"X-BFF": "1", "Origin": "https://evil.example"}),
        ("POST", "/logout", {"X-BFF": "1", "Origin": "null"}),
        ("POST", "/logout", {"X-BFF": "1", "Sec-Fetch-Site": "same-site"}),
        ("GET", "/logout", {"X-BFF": "1"}),
        ("GET", "/user", {}),
        ("GET", "/api/notes/a", {}),
        ("OPTIONS", "/api/notes/a", {"X-BFF": "1"}),
        ("OPTIONS", "/user", {"Origin": "https://evil.example"}),
    ],
)
def test_nothing_happens_for_other_pages(build, enter, method, path, headers):
    there = build()
    enter(there.tab)
    answer = there.tab.http.request(method, f"/bff{path}", headers=headers)
    assert answer.status_code in (403, 405)
    assert not [n for n in answer.headers if n.startswith("access-control")]
    assert there.api.seen == []
    assert there.tab.user


def test_the_issuer_ends_one_session_or_all_of_a_user(build, peer, enter):
    there = build()
    tabs = [Tab(there.bff) for _ in "1234"]
    enter(tabs[0], sid="one")
    enter(tabs[1], sid="two")
    enter(tabs[2], sid="three")
    enter(tabs[3], sid="one", sub="eve")
    assert notify(there.tab, peer.logout_token(sid="one")) == 200
    assert [bool(tab.user) for tab in tabs] == [False, True, True, True]
    assert notify(there.tab, peer.logout_token()) == 200
    assert [bool(tab.user) for tab in tabs] == [False, False, False, True]
    assert notify(there.tab, peer.logout_token(sub=None, sid="one")) == 200
    assert not tabs[3].user


def test_a_logout_token_is_heard_once(build, peer, enter, clock):
    tab = build().tab
    token = peer.logout_token()
    assert notify(tab, token) == 200
    clock.tick(seconds=1)
    enter(tab)
    assert notify(tab, token) == 400
    assert tab.user
    clock.tick(minutes=11)
    assert notify(tab, token) == 400
    assert tab.user


def test_a_notice_whose_sessions_could_not_be_ended_may_come_again(
    build, peer, enter, monkeypatch
):
    there = build()
    enter(there.tab)
    token = peer.logout_token()
    with monkeypatch.context() as broken:
        broken.setattr(there.store, "remove_named", None)
        answer = there.tab.http.post(
            "/bff/backchannel-logout", data={"logout_token": token}
        )
        assert answer.status_code == 500
    assert notify(there.tab, token) == 200
    assert there.tab.user is None


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another"},
        {"iat": None},
        {"iat": 1},
        {"iat": 2**40},
        {"exp": 1},
        {"jti": None},
        {"events": None},
        {"events": {EVENT: True}},
        {"events": {"another": {}}},
        {"events": [EVENT]},
        {"nonce": "n"},
        {"sub": None},
        {"sid": 1},
    ],
    ids=lambda claims: f"{claims}",
)
def test_a_logout_token_is_believed_only_if_all_is_right(build, peer, enter, claims):
    tab = build().tab
    enter(tab)
    assert notify(tab, peer.logout_token(**claims)) == 400
    assert tab.user


def test_what_is_no_logout_token_ends_nothing(build, peer, enter):
    there = build()
    enter(there.tab)
    held = there.bff._keeper.find(there.tab.http.cookies)
    peer.header = {"typ": "at+jwt"}
    for token in (held.session.id_token, "", "a.b.c", NESTED, peer.logout_token()):
        assert notify(there.tab, token) == 400
    large = {"logout_token": "x" * 70_000}
    answer = there.tab.http.post("/bff/backchannel-logout", data=large)
    assert answer.status_code == 413
    assert there.tab.user


def test_a_token_without_exp_is_heard_while_it_is_fresh(build, peer):
    tab = build().tab
    assert notify(tab, peer.logout_token(exp=None)) == 200
    late = unix(utcnow()) - 11 * 60
    assert notify(tab, peer.logout_token(exp=None, iat=late)) == 400


def test_a_refused_refresh_ends_the_session(build, peer, enter, clock):
    there = build()
    enter(there.tab)
    assert there.tab.call("/api/notes/a").status_code == 200
    peer.end()
    clock.tick(minutes=6)
    answer = there.tab.call("/api/notes/a")
    assert answer.status_code == 401
    assert answer.json()["error"] == "login_required"
    assert there.tab.cookies == {}
    assert len(there.api.seen) == 1


def test_a_token_that_lasts_a_moment_is_used_all_the_same(build, peer, enter):
    peer.lifetime_seconds = 0
    there = build()
    enter(there.tab)
    for _ in "12":
        assert there.tab.call("/api/notes/a").status_code == 200
        assert there.tab.user
    assert len(peer.refreshes) == 4


def test_without_a_refresh_token_a_session_calls_until_its_token_ends(
    build, peer, enter, clock
):
    real = peer.token
    peer.token = lambda *asked: {**real(*asked), "refresh_token": None}
    there = build()
    enter(there.tab)
    assert there.tab.call("/api/notes/a").status_code == 200
    clock.tick(minutes=6)
    assert there.tab.user
    assert there.tab.call("/api/notes/a").status_code == 401
    assert there.tab.user is None


def test_the_page_learns_at_user_that_the_grant_is_gone(build, peer, enter, clock):
    there = build()
    enter(there.tab)
    peer.end()
    assert there.tab.user
    clock.tick(minutes=6)
    assert there.tab.user is None


@pytest.mark.parametrize(
    "renewed",
    [
        ({"nonce": None}, True),
        ({"email": "new@example.com"}, True),
        ({"sub": "eve"}, False),
        ({"nonce": "another"}, False),
        ({"auth_time": 1}, False),
        ({"aud": "another"}, False),
    ],
)
def test_a_renewed_id_token_must_be_of_the_same_sign_in(
    build, peer, enter, clock, renewed
):
    claims, goes_on = renewed
    tab = build().tab
    enter(tab, auth_time=1000)
    peer.renewed = claims
    for _ in range(2):
        clock.tick(minutes=6)
        assert (tab.user is not None) == goes_on
    assert goes_on is False or tab.user.get("email") == claims.get("email")


def test_an_issuer_that_is_down_ends_no_session(build, peer, enter, clock):
    there = build()
    enter(there.tab)
    clock.tick(minutes=6)
    peer.closed = True
    assert there.tab.call("/api/notes/a").status_code == 502
    assert there.tab.user
    peer.closed = False
    assert there.tab.call("/api/notes/a").status_code == 200
    assert len(peer.refreshes) == 1
    assert peer.refreshes[0]["scope"] == "notes:read"
    assert peer.refreshes[0]["resource"] == "https://notes.example"


def test_a_session_that_ends_during_a_refresh_stays_ended(build, peer, enter, clock):
    there = build()
    enter(there.tab)
    clock.tick(minutes=6)
    token, real = peer.logout_token(), peer.token

    def slow(form, authorization):
        notify(Tab(there.bff), token)
        return real(form, authorization)

    peer.token = slow
    assert there.tab.call("/api/notes/a").status_code == 401
    assert there.api.seen == []
    assert peer.live == {}


@pytest.mark.parametrize(
    "names", [{}, {"sid": "one"}, {"sid": "one", "sub": None}], ids=str
)
def test_a_session_that_ends_while_it_begins_is_none(build, peer, enter, clock, names):
    there, real = build(apis={}), peer.token
    late = {"iat": unix(utcnow()) - 60}

    def slow(form, authorization):
        answer = real(form, authorization)
        assert notify(Tab(there.bff), peer.logout_token(**names)) == 200
        assert notify(Tab(there.bff), peer.logout_token(**names, **late)) == 200
        return answer

    peer.token = slow
    answer = enter(there.tab, "/", sid="one")
    assert answer.status_code == 400
    assert "ended while" in answer.text
    assert there.tab.cookies == {}
    assert peer.live == {}
    peer.token = real
    clock.tick(seconds=1)
    assert enter(there.tab, "/", sid="one").status_code == 303
    assert there.tab.user


def test_a_session_ends_with_its_time(build, enter, clock):
    tab = build(session_seconds=3600).tab
    enter(tab)
    clock.tick(minutes=59)
    assert tab.user
    clock.tick(minutes=1)
    assert tab.user is None


def test_where_it_goes_after_the_sign_out_is_registered_once(build, enter):
    tab = build(after_logout="/bye").tab
    enter(tab)
    url = urlsplit(tab.leave())
    assert parse_qs(url.query)["post_logout_redirect_uri"] == [f"{ORIGIN}/bye"]
