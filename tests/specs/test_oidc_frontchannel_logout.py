"""OpenID Connect Front-Channel Logout 1.0: one test for each MUST of the OP."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from tests.oauth.signing_out import HOME, is_signed_in, logout, sign_in_at

FRAME = re.compile(r'<iframe src="([^"]*)"')


def frames(answer) -> list[str]:
    return [unescape(url) for url in FRAME.findall(answer.text)]


@pytest.fixture
def ada(http, make):
    return make.browsers.sign_in(http)


@pytest.fixture
def client(make):
    return make.clients.client(
        client_name="Notes",
        frontchannel_logout_uri="https://app.example/frontchannel?app=1",
        frontchannel_logout_session_required=True,
        post_logout_redirect_uris=[HOME],
    )


@pytest.fixture
def hint(http, make, client, ada):
    return sign_in_at(http, make, client, person=ada.person)["id_token"]


@pytest.mark.parametrize(
    "uri",
    [
        "https://other.example/frontchannel",
        "https://app.example:8443/frontchannel",
        "http://app.example/frontchannel",
        "https://app.example/frontchannel#x",
        "https://idp.example/frontchannel",
        "com.example.app:/frontchannel",
        "/frontchannel",
    ],
)
def test_2_the_uri_has_the_origin_of_a_redirect_uri(make, uri):
    with pytest.raises(InvalidClientMetadata, match="frontchannel_logout_uri"):
        make.clients.client(frontchannel_logout_uri=uri)


def test_2_session_required_is_a_boolean(make):
    with pytest.raises(InvalidClientMetadata, match="must be true or false"):
        make.clients.client(frontchannel_logout_session_required=1)


def test_2_the_uri_keeps_its_query_and_gets_iss_and_sid(http, hint, ada):
    (url,) = frames(logout(http, id_token_hint=hint))
    assert url.startswith("https://app.example/frontchannel?app=1&")
    assert parse_qs(urlsplit(url).query) == {
        "app": ["1"],
        "iss": ["https://idp.example"],
        "sid": [ada.session_id],
    }


def test_2_support_is_announced(http):
    metadata = http.get("/.well-known/openid-configuration").json
    assert metadata["frontchannel_logout_supported"] is True
    assert metadata["frontchannel_logout_session_supported"] is True


def test_3_every_app_of_the_session_is_in_a_frame(http, make, hint, ada):
    other = make.clients.client(
        client_name="Shop",
        redirect_uris=["https://two.example/cb"],
        frontchannel_logout_uri="https://two.example/out",
    )
    sign_in_at(http, make, other, person=ada.person)
    sign_in_at(http, make, other, person=ada.person)
    answer = logout(http, id_token_hint=hint)
    assert [urlsplit(url).netloc for url in frames(answer)] == [
        "app.example",
        "two.example",
    ]
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-src https://app.example https://two.example" in policy
    assert "frame-ancestors 'none'" in policy
    assert not is_signed_in(http)


def test_3_then_the_browser_goes_back_to_the_app(http, hint):
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": HOME, "state": "s"}
    answer = logout(http, **asked)
    assert answer.status_code == 200
    assert f'href="{HOME}?state=s" data-go-on' in answer.text
    assert answer.headers["Refresh"] == f"5; url={HOME}?state=s"
    assert logout(http, **asked).location == f"{HOME}?state=s"


def test_3_without_a_place_to_go_it_ends_here(http, hint):
    answer = logout(http, id_token_hint=hint)
    assert answer.headers["Refresh"] == "5; url=/logout"
    assert "You’re signed out" in http.get("/logout").text


def test_3_an_app_without_the_metadata_is_not_framed(http, make, ada):
    hint = sign_in_at(http, make, make.clients.client(), person=ada.person)["id_token"]
    answer = logout(http, id_token_hint=hint)
    assert frames(answer) == []
    assert "frame-src" not in answer.headers["Content-Security-Policy"]
