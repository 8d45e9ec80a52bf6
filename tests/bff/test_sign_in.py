"""Signing in behind the BFF: at our own server, at a peer, by both faces."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from tests.bff.apps import NAME, ORIGIN, RESOURCE, Tab, world
from tests.bff.peer import ISSUER as PEER
from tests.issuer import ISSUER
from tests.make_users import PASSWORD


@pytest.fixture
def at_ours(app, make):
    """Builds an app that is a client of our own server."""
    api = make.clients.api(RESOURCE, "notes:read")
    client = make.clients.client(
        first_party=True,
        redirect_uris=[f"{ORIGIN}/bff/callback"],
        post_logout_redirect_uris=[f"{ORIGIN}/"],
        backchannel_logout_uri=f"{ORIGIN}/bff/backchannel-logout",
        scope="openid profile notes:read",
        apis=[{"identifier": api, "scopes": ["notes:read"]}],
    )

    def built(face):
        return world(
            httpx.WSGITransport(app),
            face=face,
            issuer=ISSUER,
            client_id=client.client_id,
            client_secret=client.client_secret,
            userinfo_resource=ISSUER,
        )

    return built


@pytest.mark.any_database
@pytest.mark.parametrize("face", ["flask", "asgi"])
def test_from_the_page_to_our_sign_in_to_the_api_and_out(at_ours, face, browser, make):
    ada = make.users.account(name="Ada Lovelace")
    there = at_ours(face)
    tab = there.tab
    assert tab.user is None
    browser.sign_in(ada.email, PASSWORD)
    url = tab.start("/notes?page=2")
    arrived = browser.open(url.removeprefix(ISSUER)).location
    assert arrived.startswith(f"{ORIGIN}/bff/callback?")
    back = tab.back(dict(parse_qsl(urlsplit(arrived).query)))
    assert (back.status_code, back.headers["location"]) == (
        303,
        f"{ORIGIN}/notes?page=2",
    )
    assert tab.user["name"] == "Ada Lovelace"
    answer = tab.call("/api/notes/list?a=1")
    assert answer.json() == {"path": "/v1/list?a=1"}
    out = tab.leave()
    assert tab.user is None
    left = browser.open(out.removeprefix(ISSUER))
    assert left.location == f"{ORIGIN}/"


def test_the_session_is_an_id_in_one_strict_cookie(build, enter):
    answer = enter(build().tab)
    session, start = answer.headers.get_list("set-cookie")
    value, *attributes = session.split("; ")
    assert len(value.removeprefix(f"{NAME}=")) == 43
    assert set(attributes) == {"Path=/", "HttpOnly", "SameSite=Strict", "Secure"}
    assert "Max-Age=0" in start


def test_on_loopback_the_cookie_has_a_plain_name(build):
    tab = build(base_url="http://localhost:8003").tab
    cookie = tab.http.get("/bff/login").headers["set-cookie"]
    assert cookie.startswith("bff-start-")
    assert "Secure" not in cookie


def test_what_is_asked_for_is_bound_to_this_start(build):
    first, second = (
        parse_qs(urlsplit(tab.start()).query) for tab in [build().tab] for _ in "12"
    )
    assert first["scope"] == ["openid profile notes:read"]
    assert first["resource"] == [RESOURCE]
    assert first["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name][0]) >= 43


def test_an_answer_is_of_use_in_the_browser_that_asked_alone(build, peer):
    there = build()
    answer = peer.approve(there.tab.start())
    stranger = Tab(there.bff)
    stranger.start()
    assert stranger.back(answer).status_code == 400
    assert stranger.user is None
    assert there.tab.back(answer).status_code == 303


def test_a_state_is_spent_by_its_first_answer(build, peer):
    tab = build().tab
    answer = peer.approve(tab.start())
    starts = [(c.name, c.value) for c in tab.http.cookies.jar]
    assert tab.back(answer).status_code == 303
    asked = len(peer.seen)
    tab.http.cookies.update(dict(starts))
    again = tab.back(answer)
    assert again.status_code == 400
    assert "completed before" in again.text
    assert len(peer.seen) == asked
    assert tab.user["sub"] == "upstream-ada"


def test_of_two_answers_at_once_one_is_acted_on(build, peer):
    there = build()
    answer = peer.approve(there.tab.start())
    tabs = [Tab(there.bff) for _ in "1234"]
    for tab in tabs:
        tab.http.cookies.update(there.tab.http.cookies)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda tab: tab.back(answer).status_code, tabs))
    assert sorted(done) == [303, 400, 400, 400]
    assert len(peer.seen) == 1


def test_a_start_does_not_wait_for_ever(build, peer, clock):
    tab = build().tab
    answer = peer.approve(tab.start())
    clock.tick(minutes=31)
    assert tab.back(answer).status_code == 400


def test_a_session_id_from_before_the_sign_in_is_worth_nothing_after_it(
    build, peer, enter
):
    there = build()
    early = peer.approve(there.tab.start())
    enter(there.tab)
    planted = there.tab.cookies[NAME]
    there.tab.back(early)
    assert there.tab.cookies[NAME] != planted
    thief = Tab(there.bff)
    thief.http.cookies.set(NAME, planted)
    assert thief.user is None


def test_the_session_that_a_sign_in_replaces_ends_though_no_cookie_came_back(
    build, peer
):
    """After the visit to another site the browser sends no Strict cookie."""
    there = build()
    there.tab.back(peer.approve(there.tab.start()))
    old = there.tab.cookies[NAME]
    answer = peer.approve(there.tab.start())
    there.tab.http.cookies.delete(NAME)
    there.tab.back(answer)
    thief = Tab(there.bff)
    thief.http.cookies.set(NAME, old)
    assert thief.user is None
    assert there.tab.user


@pytest.mark.parametrize(
    ("claims", "revokes"),
    [
        (({"sid": "one"}, {"sid": "two"}), True),
        (({}, {"sub": "eve"}), True),
        (({"sid": "one"}, {"sid": "one"}), False),
        (({}, {}), False),
    ],
)
def test_the_token_of_a_replaced_session_is_revoked_if_no_other_ends_with_it(
    build, peer, enter, claims, revokes
):
    """Many issuers end all that a client has in one of their sessions."""
    there, (old, new) = build(), claims
    enter(there.tab, **old)
    (before,) = peer.live
    answer = peer.approve(there.tab.start(), **new)
    there.tab.http.cookies.delete(NAME)
    assert there.tab.back(answer).status_code == 303
    assert peer.revoked == ([before] if revokes else [])
    assert there.tab.user


def test_two_tabs_sign_in_side_by_side_and_a_sixth_clears_up(build, peer):
    tab = build().tab
    first, second = tab.start("/one"), tab.start("/two")
    assert tab.back(peer.approve(first)).headers["location"] == f"{ORIGIN}/one"
    assert tab.back(peer.approve(second)).headers["location"] == f"{ORIGIN}/two"
    for _ in range(9):
        tab.start()
    assert len(tab.http.cookies) <= 6


def test_starts_together_leave_room_in_the_header_that_servers_take(build, peer):
    """One of another site could otherwise lock a browser out until they end."""
    tab = build().tab
    for _ in range(5):
        url = tab.start("/" + "a" * 1000)
        kept = [f"{c.name}={c.value}; " for c in tab.http.cookies.jar]
        assert len("".join(kept)) <= 4096
    assert tab.back(peer.approve(url)).status_code == 303


def test_the_issuer_is_compared_before_anything_else(build, peer):
    peer.documents["authorization_response_iss_parameter_supported"] = True
    tab = build().tab
    for answer in (peer.approve(tab.start()), peer.refuse(tab.start())):
        foreign = answer | {"iss": "https://other.example"}
        assert tab.back(foreign).status_code == 400
    missing = peer.approve(tab.start())
    del missing["iss"]
    assert tab.back(missing).status_code == 400
    assert peer.seen == []
    assert tab.back(peer.approve(tab.start())).status_code == 303


def test_a_refusal_of_the_issuer_is_told_to_the_page(build, peer):
    tab = build().tab
    told = tab.back(peer.refuse(tab.start("/a?b=1#c"), "access_denied"))
    assert told.headers["location"] == f"{ORIGIN}/a?b=1&bff_error=access_denied#c"
    odd = tab.back(peer.refuse(tab.start(), "<script>"))
    assert odd.headers["location"] == f"{ORIGIN}/?bff_error=server_error"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": ["idp-at-peer", "another"]},
        {"azp": "another"},
        {"iss": "https://other.example"},
        {"exp": 1},
        {"exp": None},
        {"iat": 2**40},
        {"sub": None},
        {"at_hash": "AAAA"},
    ],
    ids=lambda claims: f"{claims}",
)
def test_an_id_token_is_believed_only_if_all_is_right(build, peer, enter, claims):
    tab = build().tab
    assert enter(tab, **claims).status_code == 400
    assert tab.user is None


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "no"}])
def test_an_id_token_is_believed_only_by_a_published_key(
    build, peer, enter, header, monkeypatch
):
    real = peer.id_token

    def forged(given, access_token):
        _, claims, signature = real(given, access_token).split(".")
        said = {"alg": "ES256", "kid": "first", **header}
        first = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=")
        return f"{first.decode()}.{claims}.{signature}"

    monkeypatch.setattr(peer, "id_token", forged)
    tab = build().tab
    assert enter(tab).status_code == 400
    assert tab.user is None


def test_userinfo_of_another_user_is_not_believed(build, peer, enter):
    peer.userinfo = {"sub": "eve", "name": "Eve"}
    tab = build(apis={}).tab
    assert enter(tab).status_code == 400
    peer.userinfo = {"name": "Ada"}
    enter(tab)
    assert tab.user == {"sub": "upstream-ada", "name": "Ada", "iss": PEER} | {
        "auth_time": tab.user["auth_time"]
    }


def test_keys_are_asked_for_again_when_one_is_unknown_but_not_for_each(
    build, peer, enter, monkeypatch
):
    passed = [0.0]
    monkeypatch.setattr("idp_rp.oidc.provider.time.monotonic", lambda: passed[0])
    tab = build().tab
    enter(tab)
    peer.rotate()
    assert enter(tab).status_code == 400
    assert peer.paths.count("/jwks") == 1
    passed[0] = 31
    assert enter(tab).status_code == 303
    peer.header = {"kid": "invented"}
    for _ in range(3):
        assert enter(tab).status_code == 400
    assert peer.paths.count("/jwks") == 2
    assert peer.paths.count("/.well-known/openid-configuration") == 1


def test_an_issuer_that_is_down_is_no_server_error(build, peer):
    peer.closed = True
    answer = build().tab.http.get("/bff/login")
    assert answer.status_code == 502
    assert "does not answer" in answer.text
