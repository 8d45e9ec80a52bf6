"""Snippets: each is read by a parser of its own language, with the right values."""

import ast
import json
import shlex
import tomllib
from configparser import ConfigParser

import pytest

from idp.oauth.clients.kinds import Kind, kind_of
from idp.oauth.clients.metadata import registration as client_metadata
from idp.oauth.clients.snippets.setup import setup_of
from idp.oauth.clients.snippets.snippets import snippets_of
from idp.oauth.clients.view import DEVICE_CODE

ISSUER = "https://idp.example"
NAME = 'Ada\'s "Notes"'
URI = "https://app.example/cb"
WEB = {"client_name": NAME, "redirect_uris": [URI]}
SPA = WEB | {"token_endpoint_auth_method": "none"}
NATIVE = {"redirect_uris": ["http://127.0.0.1/cb"], "application_type": "native"}
DEVICE = {
    "grant_types": [DEVICE_CODE, "refresh_token"],
    "token_endpoint_auth_method": "none",
}
MACHINE = {"grant_types": ["client_credentials"], "scope": "read write"}
TRY_BOTH_WAYS = {"oauth2-proxy", "grafana", "go", "aspnet"}
POST = {"token_endpoint_auth_method": "client_secret_post"}


def texts(*roles: str, **declared) -> dict[str, str]:
    """Return the snippets of a client by their targets."""
    metadata = client_metadata.validate(declared, issuer=ISSUER)
    setup = setup_of(ISSUER, client_id="a-client", metadata=metadata, roles=roles)
    found = snippets_of(setup, kind_of(metadata))
    return {each.target: "".join(file.text for file in each.files) for each in found}


def arguments(source: str, function: str) -> dict[str, object]:
    """Return the literal keyword arguments of a call in Python source."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    call = next(call for call in calls if ast.unparse(call.func) == function)
    literal = (ast.Constant, ast.Dict)
    return {
        item.arg: ast.literal_eval(item.value)
        for item in call.keywords
        if isinstance(item.value, literal)
    }


@pytest.mark.parametrize("declared", [WEB, SPA, NATIVE, DEVICE, MACHINE])
def test_every_kind_has_snippets_that_name_issuer_and_client(declared):
    for text in texts(**declared).values():
        assert ISSUER in text
        assert "a-client" in text


def test_a_secret_is_read_from_the_environment_or_a_file():
    for declared in (WEB, MACHINE):
        for text in texts(**declared).values():
            assert "IDP_CLIENT_SECRET" in text or "client_secret_file" in text


def test_apps_without_a_secret_are_told_of_none():
    for declared in (SPA, NATIVE, DEVICE):
        for text in texts(**declared).values():
            assert "secret" not in text.lower()


def test_the_authlib_snippet_is_python():
    found = arguments(texts(**WEB)["authlib"], "oauth.register")
    assert found["client_id"] == "a-client"
    assert found["client_kwargs"] == {
        "scope": "openid profile email",
        "code_challenge_method": "S256",
    }


def test_the_machine_snippets_ask_for_its_own_scopes():
    found = texts(**MACHINE)
    assert arguments(found["authlib"], "OAuth2Session")["scope"] == "read write"
    words = shlex.split(found["curl"])
    assert words[:2] == ["curl", f"{ISSUER}/oauth2/token"]
    assert words[words.index("-u") + 1] == "a-client:$IDP_CLIENT_SECRET"
    assert "scope=read write" in words


@pytest.mark.parametrize(
    ("method", "says_who"),
    [
        ("none", "client_id=a-client"),
        ("client_secret_post", "client_secret=$IDP_CLIENT_SECRET"),
        ("client_secret_basic", "a-client:$IDP_CLIENT_SECRET"),
    ],
)
def test_the_device_snippets_say_who_the_client_is(method, says_who):
    found = texts(**DEVICE | {"token_endpoint_auth_method": method})
    assert shlex.split(found["curl"], comments=True).count(says_who) == 2
    source = found["python"]
    ast.parse(source)
    assert ("IDP_CLIENT_SECRET" in source) == (method != "none")
    assert ("session.auth" in source) == (method == "client_secret_basic")


def test_configuration_files_parse():
    found = texts(**WEB)
    proxy = tomllib.loads(found["oauth2-proxy"])
    assert proxy["redirect_url"] == URI
    ini = ConfigParser(interpolation=None)
    ini.read_string(found["grafana"])
    assert ini["auth.generic_oauth"]["token_url"] == f"{ISSUER}/oauth2/token"
    assert json.loads(texts(**NATIVE)["appauth"])["client_id"] == "a-client"


def test_who_asks_for_groups_and_has_roles_is_told_how_to_read_them():
    found = texts("Admin", "Auditor", "Editor", **WEB, scope="openid groups")
    assert tomllib.loads(found["oauth2-proxy"])["scope"] == "openid groups"
    ini = ConfigParser(interpolation=None)
    ini.read_string(found["grafana"])
    assert ini["auth.generic_oauth"]["role_attribute_path"] == (
        "contains(roles[*], 'Admin') && 'Admin' || "
        "contains(roles[*], 'Editor') && 'Editor' || 'Viewer'"
    )
    plain = texts(**WEB)["grafana"]
    assert "roles" not in plain
    assert "groups" not in plain


def test_a_client_that_posts_its_secret_is_told_to():
    for target, text in texts(**WEB, **POST).items():
        if target not in TRY_BOTH_WAYS:
            assert "client_secret_post" in text, target
    words = shlex.split(texts(**MACHINE, **POST)["curl"])
    assert "client_secret=$IDP_CLIENT_SECRET" in words
    assert "-u" not in words


def test_a_name_cannot_leave_its_quotes():
    assert json.dumps(NAME) in texts(**WEB)["authjs"]


def test_where_people_go_after_sign_out_is_said_if_it_is_registered():
    assert "post_logout" not in texts(**SPA)["oidc-client-ts"]
    declared = SPA | {"post_logout_redirect_uris": ["https://app.example/bye"]}
    assert '"https://app.example/bye"' in texts(**declared)["oidc-client-ts"]


def test_who_has_no_claims_in_the_id_token_asks_userinfo():
    asks = {
        "authjs": "idToken: false",
        "aspnet": "GetClaimsFromUserInfoEndpoint = true",
        "oidc-client-ts": "loadUserInfo: true",
    }
    for target, how in asks.items():
        for client in (WEB, SPA):
            assert how in texts(**client).get(target, how)
            told = texts(**client, id_token_claims="scope")
            assert how not in told.get(target, "")


def test_the_one_for_aspnet_names_what_is_registered():
    text = texts(**WEB)["aspnet"]
    for named in ("Authority = ", "CallbackPath = ", "app.Run("):
        assert text.count(named) == 1
    assert f'Authority = "{ISSUER}"' in text
    assert 'CallbackPath = "/cb"' in text
    assert 'app.Run("http://localhost:8080")' in text


def test_the_kinds_are_told_apart():
    kinds = [
        kind_of(client_metadata.validate(declared, issuer=ISSUER))
        for declared in (WEB, SPA, NATIVE, DEVICE, MACHINE)
    ]
    assert kinds == [Kind.WEB, Kind.SPA, Kind.NATIVE, Kind.DEVICE, Kind.MACHINE]
