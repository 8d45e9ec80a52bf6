"""Calls that pass through: where they go, what goes along, what comes back."""

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp_rp.asgi import BffApp
from idp_rp.proxy.paths import UnsafePath, joined, local_path
from idp_rp.settings import Api, Limits
from tests.bff.apps import (
    API,
    NAME,
    ORIGIN,
    PAGE,
    RESOURCE,
    wsgi_of,
)

UNSAFE = [
    "..",
    "../admin",
    "a/../b",
    "a/..",
    "./a",
    "a//b",
    "//evil.example/a",
    "a\\b",
    "..\\a",
    "%2e%2e/a",
    "%2E./a",
    ".%2e/a",
    "a%2fb",
    "a%2Fb",
    "%2f%2fevil.example",
    "a%5cb",
    "a%00b",
    "%252e%252e/a",
    "a%252fb",
    "..;/a",
    "a/..;x=1/b",
    "a%09b",
]


@pytest.fixture
def raw_get(build, enter):
    """Calls a route of a signed-in browser by a path that no client tidies up."""
    there = build()
    enter(there.tab)
    cookie = f"{NAME}={there.tab.cookies[NAME]}"
    client = wsgi_of(there.bff).test_client(use_cookies=False)

    def get(path):
        headers = {**PAGE, "Cookie": cookie}
        return client.get(f"/bff/api/notes/{path}", base_url=ORIGIN, headers=headers)

    return there, get


@pytest.mark.parametrize("path", UNSAFE)
def test_a_path_that_may_lead_elsewhere_is_refused(raw_get, path):
    there, get = raw_get
    answer = get(path)
    assert (answer.status_code, answer.json["error"]) == (400, "unsafe_path")
    assert there.api.seen == []


@pytest.mark.parametrize(
    "raw", [b"/bff/api/notes/%2e%2e/admin", b"/bff/api/notes/a%2fb"]
)
def test_an_asgi_server_tells_how_it_was_sent(build, enter, raw):
    there = build(face="asgi")
    enter(there.tab)
    app = BffApp(there.bff)

    async def as_sent(scope, receive, send):
        await app({**scope, "raw_path": raw}, receive, send)

    there.tab.http._transport.inner = httpx.ASGITransport(as_sent)
    answer = there.tab.call("/api/notes/a/b")
    assert answer.json()["error"] == "unsafe_path"


def test_a_path_arrives_as_it_was_meant(raw_get):
    there, get = raw_get
    for sent, arrived in {
        "": "/v1/",
        "a": "/v1/a",
        "a/": "/v1/a/",
        "a%20b": "/v1/a%20b",
        "caf%C3%A9": "/v1/caf%C3%A9",
        "a;v=1,2:3@4": "/v1/a;v=1,2:3@4",
        "a%3Fb": "/v1/a%3Fb",
        "a%23b": "/v1/a%23b",
        "...": "/v1/...",
        "a?next=//x/../%2f&b": "/v1/a?next=//x/../%2f&b",
    }.items():
        assert get(sent).json == {"path": arrived}
    assert {request.url.host for request in there.api.seen} == {"api.example"}


@settings(max_examples=50)
@given(st.text(alphabet="./\\%2fF;:@?#a\t \u2024\uff0f", max_size=12))
def test_whatever_the_path_the_call_stays_below_the_base(path):
    try:
        url = httpx.URL(joined(API, path, raw=None))
    except UnsafePath:
        return
    assert url.host == "api.example"
    assert url.raw_path.startswith(b"/v1/")
    assert b".." not in url.raw_path.split(b"/")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/a//b",
        "///evil.example",
        "/ /evil.example",
        "/\u2028/evil.example",
        "/" + "a" * 2000,
        "/" + "é" * 200,
        "/bff/login",
        "/bff",
        "/x\r\nSet-Cookie: a=b",
    ],
)
def test_a_browser_is_sent_nowhere_else_in_the_end(build, value):
    answer = build().tab.http.get("/bff/login", params={"return_to": value})
    assert answer.status_code == 400
    assert "location" not in answer.headers


@settings(max_examples=50)
@given(st.text(alphabet="/\\:.@?#%2f ajv\t\n\u3002é", max_size=12))
def test_whatever_is_asked_for_the_way_back_stays_here(value):
    try:
        path = local_path(value)
    except UnsafePath:
        return
    there = httpx.URL(f"{ORIGIN}/bff/callback").join(path)
    assert (there.scheme, there.host) == ("https", "app.example")
    assert httpx.URL(ORIGIN + path).host == "app.example"


def test_a_call_says_nothing_of_who_sent_it(build, enter):
    there = build()
    enter(there.tab)
    forged = {
        "Authorization": "Bearer forged",
        "Proxy-Authorization": "Basic forged",
        "Forwarded": "for=1.2.3.4;host=forged",
        "X-Forwarded-For": "forged",
        "X-Forwarded-Host": "forged",
        "X_Forwarded_Proto": "forged",
        "X-Real-IP": "forged",
        "X-Original-URL": "/forged",
        "X-Original-Forwarded-For": "forged",
        "X-Remote-User": "forged",
        "Remote-User": "forged",
        "X-Auth-Request-Email": "forged",
        "X-WebAuth-User": "forged",
        "Fastly-Client-IP": "forged",
        "X-Azure-ClientIP": "forged",
        "X-Envoy-External-Address": "forged",
        "X-HTTP-Method": "forged",
        "X-Method-Override": "forged",
        "X-Of-A-Proxy-To-Come": "forged",
        "Host": "forged",
        "TE": "forged",
        "Upgrade": "forged",
        "Connection": "close, X-Secret",
        "X-Secret": "forged",
        "Transfer-Encoding": "identity",
        "Referer": "https://app.example/forged",
        "Accept-Language": "de",
        "Idempotency-Key": "kept",
    }
    there.tab.call("/api/notes/a", headers=forged)
    sent = there.api.last.headers
    assert "forged" not in str(sent)
    assert sent["host"] == "api.example"
    assert sent["authorization"].startswith("Bearer ")
    assert sent.get_list("authorization") == [sent["authorization"]]
    assert (sent["accept-language"], sent["idempotency-key"]) == ("de", "kept")
    assert not {"cookie", "x-bff", "te", "x-secret", "origin"} & set(sent)


def test_an_api_gets_headers_of_its_own_where_they_are_named(build, enter):
    named = Api(API, RESOURCE, "notes:read", headers=("X-Tenant",))
    there = build(apis={"notes": named})
    enter(there.tab)
    there.tab.call("/api/notes/a", headers={"x-tenant": "1", "X-Other": "1"})
    sent = there.api.last.headers
    assert (sent.get("x-tenant"), sent.get("x-other")) == ("1", None)


def test_underscores_do_not_smuggle_a_header_past_asgi(build, enter):
    there = build(face="asgi")
    enter(there.tab)
    smuggled = {"X_Forwarded_For": "1", "X_Real_IP": "1", "Proxy_Authorization": "1"}
    there.tab.call("/api/notes/a", headers=smuggled)
    assert not {name.lower() for name in smuggled} & set(there.api.last.headers)


def test_an_answer_sets_nothing_for_the_origin_of_the_app(build, enter):
    there = build()
    enter(there.tab)
    said = {
        "Set-Cookie": f"{NAME}=planted",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Credentials": "true",
        "Clear-Site-Data": '"cookies"',
        "Strict-Transport-Security": "max-age=0",
        "Service-Worker-Allowed": "/",
        "WWW-Authenticate": "Basic realm=x",
        "Content-Security-Policy": "default-src *",
        "Connection": "X-Hop",
        "X-Hop": "1",
        "ETag": '"1"',
        "Content-Type": "text/html",
        "Cache-Control": "public, max-age=60",
        "X-Total": "3",
    }
    there.api.answer = lambda _: httpx.Response(200, headers=said, content=b"<b>")
    got = there.tab.call("/api/notes/a")
    assert got.headers["cache-control"] == "no-store"
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert (got.headers["etag"], got.headers["x-total"]) == ('"1"', "3")
    kept = {"cache-control", "content-security-policy", "etag", "content-type"}
    dropped = {name.lower() for name in said} - kept - {"x-total"}
    assert not dropped & set(got.headers)
    assert got.content == b"<b>"
    there.api.answer = lambda _: httpx.Response(
        401, headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
    )
    challenge = there.tab.call("/api/notes/a").headers["www-authenticate"]
    assert "insufficient_scope" in challenge


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("/v1/items/1", "/bff/api/notes/items/1"),
        ("items/1", "/bff/api/notes/items/1"),
        (f"{API}/items?page=2", "/bff/api/notes/items?page=2"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("/v2/items", None),
        ("/v1/../../admin", None),
        ("https://api.example.evil.example/v1/", None),
    ],
)
def test_a_location_is_told_as_the_page_may_call_it(build, enter, said, told):
    there = build()
    enter(there.tab)
    there.api.answer = lambda _: httpx.Response(201, headers={"Location": said})
    assert there.tab.call("/api/notes/items").headers.get("location") == told
    assert len(there.api.seen) == 1


@pytest.mark.parametrize("face", ["flask", "asgi"])
def test_bodies_pass_up_to_their_limits(build, enter, face):
    limits = Limits(request_bytes=10, response_bytes=20)
    there = build(face=face, limits=limits)
    enter(there.tab)
    there.api.answer = lambda request: httpx.Response(200, content=request.content * 2)
    done = there.tab.call("/api/notes/a", "POST", content=b"x" * 10)
    assert done.content == b"x" * 20
    refused = there.tab.call("/api/notes/a", "PUT", content=b"x" * 11)
    assert (refused.status_code, refused.json()["error"]) == (413, "body_too_large")
    assert len(there.api.seen) == 1
    there.api.answer = lambda _: httpx.Response(200, content=b"x" * 21)
    assert there.tab.call("/api/notes/a").status_code == 502


def test_an_api_that_is_down_or_drips_is_said_so(build, enter, monkeypatch):
    there = build()
    enter(there.tab)

    def down(_request):
        raise httpx.ConnectError("refused")

    there.api.answer = down
    assert there.tab.call("/api/notes/a").json() == {"error": "api_unreachable"}
    passed = iter([0.0, 31.0])
    monkeypatch.setattr("idp_rp.proxy.forward.time.monotonic", lambda: next(passed))
    there.api.answer = lambda _: httpx.Response(200, content=b"x")
    assert there.tab.call("/api/notes/a").status_code == 502


def test_only_named_apis_by_usual_methods_for_who_is_signed_in(build, enter):
    there = build()
    assert there.tab.call("/api/notes/a").status_code == 401
    enter(there.tab)
    assert there.tab.call("/api/other/a").status_code == 404
    assert there.tab.call("/api/").status_code == 404
    assert there.tab.call("/nowhere").status_code == 404
    assert there.tab.call("/user", "DELETE").headers["allow"] == "GET"
    assert there.tab.call("/api/notes/a", "HEAD").status_code == 200
    assert there.api.last.method == "HEAD"


def test_each_api_gets_a_token_of_its_own(build, peer, enter):
    other = Api("https://api.example/v2", "https://mail.example", "mail:read")
    apis = {"notes": (API, "https://notes.example", "notes:read"), "mail": other}
    there = build(apis=apis)
    enter(there.tab)
    assert peer.seen[0]["resource"] == "https://notes.example"
    for name in ("notes", "mail", "notes", "mail"):
        assert there.tab.call(f"/api/{name}/a").status_code == 200
    tokens = [request.headers["authorization"] for request in there.api.seen]
    assert tokens[0] == tokens[2] != tokens[1] == tokens[3]
    (asked,) = peer.refreshes
    assert (asked["resource"], asked["scope"]) == ("https://mail.example", "mail:read")


def test_a_second_cookie_beside_ours_counts_for_neither(build, enter):
    there = build()
    enter(there.tab)
    own = there.tab.cookies[NAME]
    client = wsgi_of(there.bff).test_client(use_cookies=False)
    for cookies in (f"{NAME}=x; {NAME}={own}", f"{NAME}={own}; {NAME}=x"):
        headers = {**PAGE, "Cookie": cookies}
        answer = client.get("/bff/user", base_url=ORIGIN, headers=headers)
        assert answer.status_code == 401


def test_no_cookie_of_an_api_goes_to_the_next_call(build, enter):
    """The client is shared by all users: it must remember nothing."""
    there = build()
    enter(there.tab)
    there.api.answer = lambda _: httpx.Response(200, headers={"Set-Cookie": "a=b"})
    there.tab.call("/api/notes/a")
    there.tab.call("/api/notes/a")
    assert "cookie" not in there.api.last.headers


@pytest.mark.parametrize(
    "changed",
    [
        {"base_url": "http://app.example"},
        {"base_url": "https://app.example/"},
        {"base_url": "https://app.example/sub"},
        {"issuer": "http://peer.example"},
        {"client_secret": ""},
        {"keys": []},
        {"keys": ["short"]},
        {"prefix": "bff/"},
        {"after_logout": "https://evil.example"},
        {"apis": {"a/b": Api(API)}},
        {"apis": {"a": Api("ftp://api.example")}},
        {"apis": {"a": Api("https://user@api.example")}},
        {"apis": {"a": Api("https://api.example/?a=1")}},
        {"apis": {"a": Api(API, headers=("Authorization",))}},
        {"apis": {"a": Api(API, headers=("X Tenant",))}},
    ],
    ids=lambda changed: f"{changed}",
)
def test_what_is_set_wrong_stops_the_start(build, changed):
    with pytest.raises(ValueError, match=r".{10}"):
        build(**changed)
