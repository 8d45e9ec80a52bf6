"""Which redirect URIs may be registered, and which requested ones match."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from idp.oauth.protocol.redirect_uris import (
    origin_of,
    redirect_uri_matches,
    registrable,
)

ISSUER = "https://idp.example"
PORTS = st.integers(1, 65535)
PATHS = st.text(string.ascii_letters + "/-_.~%?&=", max_size=20).map(lambda p: f"/{p}")


@given(st.text(max_size=60), st.text(max_size=60), st.booleans())
def test_only_equal_strings_match_without_a_loopback(registered, requested, native):
    assume(not registered.startswith("http://"))
    matches = redirect_uri_matches(registered, requested, native=native)
    assert matches == (registered == requested)


@given(st.sampled_from(["127.0.0.1", "[::1]"]), PORTS, PORTS, PATHS)
def test_a_native_loopback_uri_matches_on_every_port(host, registered, asked, path):
    known, wanted = f"http://{host}:{registered}{path}", f"http://{host}:{asked}{path}"
    assert redirect_uri_matches(known, wanted, native=True)
    assert redirect_uri_matches(f"http://{host}{path}", wanted, native=True)
    assert redirect_uri_matches(known, wanted, native=False) == (known == wanted)


@given(PATHS, PATHS, PORTS)
def test_a_loopback_uri_of_another_path_never_matches(path, other, port):
    assume(path != other)
    known, wanted = f"http://127.0.0.1{path}", f"http://127.0.0.1:{port}{other}"
    assert not redirect_uri_matches(known, wanted, native=True)


@pytest.mark.parametrize(
    "wanted",
    [
        "http://localhost:9/cb",
        "http://127.0.0.1:9/cb/",
        "http://127.0.0.1:9/cb?x",
        "http://127.0.0.1:9/CB",
        "http://127.0.0.1:9/cb#",
        "http://127.0.0.1:9/cb\n",
        "http://127.0.0.1:9\t/cb",
        "http://127.0.0.1:x/cb",
        "http://127.0.0.1:123456/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1@evil.example:9/cb",
        "http://127.0.0.1.evil.example:9/cb",
        "http://127.0.0.1:9@evil.example/cb",
        "http://[::1]:9/cb",
        "HTTP://127.0.0.1:9/cb",
        "https://127.0.0.1:9/cb",
        "http://127.1:9/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:99999/cb",
    ],
)
def test_what_only_looks_like_the_loopback_uri_does_not_match(wanted):
    assert not redirect_uri_matches("http://127.0.0.1/cb", wanted, native=True)


def test_localhost_has_no_free_port():
    known, wanted = "http://localhost:1/cb", "http://localhost:2/cb"
    assert not redirect_uri_matches(known, wanted, native=True)


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/cb",
        "https://app.example",
        "https://app.example:8443/cb?tenant=a%20b",
        "https://xn--bcher-kva.example/cb",
        "https://192.0.2.1/cb",
        "https://[::1]/cb",
        "http://localhost:9101/cb",
        "http://app.localhost:9101/cb",
        "http://a.b.localhost/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:80/cb",
    ],
)
@pytest.mark.parametrize("kind", ["web", "native"])
def test_these_may_be_registered(uri, kind):
    assert registrable(uri, application_type=kind, issuer=ISSUER) is None


@pytest.mark.parametrize(
    ("uri", "hint"),
    [
        ("http://app.example/cb", "use https"),
        ("http://localhost.evil.example/cb", "use https"),
        ("http://evillocalhost/cb", "use https"),
        ("http://app.localhost.example/cb", "use https"),
        ("https://app.example/cb#x", "fragment"),
        ("https://app.example/cb#", "fragment"),
        ("https://*.app.example/cb", "wildcard"),
        ("https://app.example/*", "wildcard"),
        ("https://user@app.example/cb", "user name"),
        ("https://user:pw@app.example/cb", "user name"),
        ("https://app.example/a b", "percent-encode"),
        ("https://app.example/a\nb", "percent-encode"),
        ("https://app.example/ä", "percent-encode"),
        ("https://app.example\\@evil.example/", "forward slashes"),
        ("javascript:alert(1)", "browsers run"),
        ("JavaScript:alert(1)", "browsers run"),
        ("data:text/html,x", "browsers run"),
        ("vbscript:x", "browsers run"),
        ("file:///etc/passwd", "browsers run"),
        ("blob:https://app.example/x", "browsers run"),
        ("https:///cb", "host"),
        ("https://", "host"),
        ("https://app_example/cb", "host"),
        ("https://[::2/cb", "not a URI"),
        ("https://app.example:99999/cb", "not a URI"),
        ("https://app.example:x/cb", "not a URI"),
        ("/cb", "scheme"),
        ("", "scheme"),
        ("://x", "scheme"),
        ("https://idp.example/cb", "this server itself"),
        ("HTTPS://IDP.EXAMPLE:443/cb", "this server itself"),
        ("https://app.example/" + "x" * 3000, "longer"),
        ("com.example.app:/cb", "application_type native"),
    ],
)
def test_these_may_not_and_the_message_says_what_would_help(uri, hint):
    problem = registrable(uri, application_type="web", issuer=ISSUER)
    assert problem is not None
    assert hint in problem


def test_a_native_app_may_have_a_scheme_named_after_its_domain():
    def native(uri):
        return registrable(uri, application_type="native", issuer=ISSUER)

    assert native("com.example.app:/cb") is None
    assert native("cursor://auth/callback") is None
    assert "other programs" in native("mailto:me")
    assert "browsers run" in native("javascript:com.example")


@given(st.text(max_size=80))
def test_no_text_makes_the_check_fail(uri):
    for kind in ("web", "native"):
        registrable(uri, application_type=kind, issuer=ISSUER)


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://app.example/cb", "https://app.example"),
        ("https://App.Example:443/cb", "https://app.example"),
        ("http://localhost:9101/cb", "http://localhost:9101"),
        ("http://[::1]:9101/cb", "http://[::1]:9101"),
        ("com.example.app:/cb", None),
    ],
)
def test_the_origin_is_what_a_browser_would_send(uri, origin):
    assert origin_of(uri) == origin
