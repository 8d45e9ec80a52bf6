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
