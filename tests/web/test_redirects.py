from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.web.redirects import local_path

ISSUER = "https://idp.example"


@pytest.mark.parametrize(
    "path", ["/", "/account", "/oauth2/authorize?interaction=abc", "/a/b?c=//d"]
)
def test_a_path_of_ours_is_kept(path):
    assert local_path(path, default="/account") == path


@pytest.mark.parametrize(
    "foreign",
    [
        None,
        "",
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/a\r\nSet-Cookie: x=y",
        "javascript:alert(1)",
        "account",
        " /account",
        "/caf\u00e9",
    ],
)
def test_anything_else_gives_the_default(foreign):
    assert local_path(foreign, default="/account") == "/account"


@given(st.text(alphabet="/\\:@.?#a \t\r\n%\u2215", max_size=12))
def test_no_text_leads_off_this_server(wanted):
    target = urljoin(ISSUER, local_path(wanted, default="/"))
    assert urlsplit(target)[:2] == ("https", "idp.example")


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("/login/", "/login"),
        ("/register//?return_to=%2Faccount&x=1", "/register?return_to=%2Faccount&x=1"),
        ("/account/security/", "/account/security"),
    ],
)
def test_a_slash_at_the_end_leads_to_the_page(http, asked, meant):
    answer = http.get(asked, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (308, meant)


@pytest.mark.parametrize("path", ["/nowhere/", "//evil.example/", "/"])
def test_no_other_slash_does(http, path):
    answer = http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code != 308
