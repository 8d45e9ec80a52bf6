"""The claims ``groups`` and ``roles``: who gets them, in which tokens, as what."""

import pytest

from idp.core.db import db
from idp.oauth.apis.registry import find_api
from idp.oauth.models import ApiScope
from tests.hosted_pages import read_page
from tests.oauth.calls import claims_of, introspect, redeem, refresh, userinfo
from tests.rp import RelyingParty

SCOPE = "openid groups"


@pytest.fixture
def ada(make):
    return make.users.signed_in_person()


@pytest.fixture
def app_of_ours(make, ada):
    make.groups.group("Ops", ada[0])
    make.groups.group("dev", ada[0])
    make.groups.group("sales")
    return make.clients.own_app(scope="openid email groups offline_access")


def tokens_of(http, make, client, ada, **asked) -> dict:
    asked = {"scope": SCOPE} | asked
    return redeem(http, make.tokens.code(client, person=ada, **asked)).json


def told(http, tokens, name: str) -> list:
    """Return what ID token, access token and UserInfo say of a claim."""
    answer = userinfo(http, tokens["access_token"]).json
    signed = [claims_of(http, tokens[key]) for key in ("id_token", "access_token")]
    return [claims.get(name) for claims in (*signed, answer)]


def test_the_scope_groups_opens_the_names_of_the_groups(http, make, app_of_ours, ada):
    tokens = tokens_of(http, make, app_of_ours, ada)
    assert told(http, tokens, "groups") == [["dev", "Ops"]] * 3


def test_who_is_in_no_group_has_an_empty_list(http, make, app_of_ours):
    bob = make.users.signed_in_person()
    tokens = tokens_of(http, make, app_of_ours, bob)
    assert told(http, tokens, "groups") == [[]] * 3


def test_without_the_scope_nothing_is_said(http, make, app_of_ours, ada):
    tokens = tokens_of(http, make, app_of_ours, ada, scope="openid email")
    assert told(http, tokens, "groups") == [None] * 3
    assert told(http, tokens, "roles") == [None] * 3


def test_a_refresh_says_what_is_so_by_then(http, make, app_of_ours, ada):
    scope = f"{SCOPE} offline_access"
    tokens = tokens_of(http, make, app_of_ours, ada, scope=scope)
    make.groups.remove("dev", ada[0])
    fresh = refresh(http, app_of_ours, tokens["refresh_token"]).json
    assert told(http, fresh, "groups") == [["Ops"]] * 3
    narrow = refresh(http, app_of_ours, fresh["refresh_token"], scope="openid").json
    assert told(http, narrow, "groups") == [None] * 3


def test_one_claim_can_be_asked_for_in_the_id_token(http, make, app_of_ours, ada):
    wanted = {"id_token": {"groups": None}}
    tokens = tokens_of(http, make, app_of_ours, ada, scope="openid", claims=wanted)
    assert told(http, tokens, "groups") == [["dev", "Ops"], None, None]


def test_roles_are_in_the_tokens_of_the_client_that_has_them(http, make, ada):
    make.groups.group("ops", ada[0])
    roles = [
        {"name": "Admin", "groups": ["ops"]},
        {"name": "Editor", "users": [ada[0]]},
        "Viewer",
    ]
    grafana = make.clients.own_app(scope="openid email", app_roles=roles)
    other = make.clients.own_app(scope="openid email", app_roles=["Viewer"])
    tokens = tokens_of(http, make, grafana, ada, scope="openid")
    assert told(http, tokens, "roles") == [["Admin", "Editor"]] * 3
    assert told(http, tokens, "groups") == [None] * 3
    tokens = tokens_of(http, make, other, ada, scope="openid")
    assert told(http, tokens, "roles") == [[]] * 3


def test_a_role_held_twice_is_said_once(http, make, ada):
    make.groups.group("a", ada[0])
    make.groups.group("b", ada[0])
    roles = [{"name": "Admin", "groups": ["a", "b"], "users": [ada[0]]}]
    client = make.clients.own_app(scope="openid", app_roles=roles)
    tokens = tokens_of(http, make, client, ada, scope="openid")
    assert told(http, tokens, "roles") == [["Admin"]] * 3


def test_introspection_tells_them_to_who_asks(http, make, ada):
    make.groups.group("ops", ada[0])
    web = make.clients.spa(scope="openid groups", app_roles=["Viewer"])
    machine = make.clients.machine_client(owned_resources=["https://idp.example"])
    tokens = tokens_of(http, make, web, ada)
    answer = introspect(http, machine, tokens["access_token"]).json
    assert answer["groups"] == ["ops"]
    assert answer["roles"] == []


def test_a_client_gets_no_groups_that_it_did_not_register(http, make):
    make.browsers.sign_in(http)
    plain = make.clients.spa(first_party=True)
    rp = RelyingParty(http, plain, scope=SCOPE)
    done = rp.finish(rp.ask())
    assert "groups" not in done.tokens["scope"].split()
    assert "groups" not in done.claims


def test_the_user_is_asked_and_sees_the_names(http, make):
    ada = make.browsers.sign_in(http)
    make.groups.group("Ops", ada.user_id)
    rp = RelyingParty(http, make.clients.spa(scope=SCOPE), scope=SCOPE)
    page = rp.reach()
    text = read_page(page).text
    assert "See which groups you are in" in text
    assert "Ops" in text
    assert rp.finish(rp.allow(page)).claims["groups"] == ["Ops"]


def test_discovery_names_them(http):
    document = http.get("/.well-known/openid-configuration").json
    assert "groups" in document["scopes_supported"]
    assert {"groups", "roles"} <= set(document["claims_supported"])


def test_more_groups_than_a_token_holds_are_told_by_userinfo_alone(http, make, ada):
    names = [f"{number:03} {'x' * 60}" for number in range(150)]
    for name in names:
        make.groups.group(name, ada[0])
    client = make.clients.own_app(scope="openid groups", app_roles=["Viewer"])
    tokens = tokens_of(http, make, client, ada)
    assert told(http, tokens, "groups") == [None, None, names]
    assert told(http, tokens, "roles") == [[]] * 3
    wanted = {"id_token": {"groups": None}}
    tokens = tokens_of(http, make, client, ada, scope="openid", claims=wanted)
    assert told(http, tokens, "groups") == [None] * 3


def test_a_scope_of_this_name_of_an_older_api_opens_no_claim(app, http, make, ada):
    make.groups.group("ops", ada[0])
    api = make.clients.api("https://api.example", "read")
    with app.app_context():
        row = find_api(api)
        db.session.add(ApiScope(api_id=row.id, name="groups", description={}))
        db.session.commit()
    client = make.clients.own_app(scope="openid groups", apis=[api])
    tokens = tokens_of(http, make, client, ada, resource=[api])
    assert claims_of(http, tokens["access_token"])["scope"] == "groups"
    signed = [claims_of(http, tokens[key]) for key in ("id_token", "access_token")]
    assert [claims.get("groups") for claims in signed] == [None, None]
    wanted = {"id_token": {"groups": None}, "userinfo": {"groups": None}}
    tokens = tokens_of(http, make, client, ada, scope="openid", claims=wanted)
    assert told(http, tokens, "groups") == [None] * 3
