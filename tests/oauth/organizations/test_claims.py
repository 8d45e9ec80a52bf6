"""The claims ``organizations``, ``org_id``, ``org_roles``: who gets them, as what."""

import pytest

from tests.hosted_pages import read_page
from tests.oauth.calls import claims_of, introspect, redeem, refresh, userinfo
from tests.oauth.organizations.contexts import place_of, set_roles, signed_in
from tests.rp import RelyingParty

pytestmark = pytest.mark.any_database
SCOPE = "openid organizations offline_access"


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def acme(make, ada):
    made = make.organizations.organization(name="Acme", slug="acme")
    make.organizations.add(made, ada, "admin", "billing")
    return made


@pytest.fixture
def app_of_ours(make):
    return make.clients.own_app(scope=f"{SCOPE} email")


def told(http, tokens, name: str) -> list:
    """Return what ID token, access token and UserInfo say of a claim."""
    answer = userinfo(http, tokens["access_token"]).json
    signed = [claims_of(http, tokens[key]) for key in ("id_token", "access_token")]
    return [claims.get(name) for claims in (*signed, answer)]


def test_the_scope_opens_where_one_belongs_by_name(http, make, app_of_ours, ada, acme):
    other = make.organizations.organization(ada, name="Bureau", slug="bureau")
    person = signed_in(make, ada)
    made = make.tokens.code(app_of_ours, person=person, scope="openid organizations")
    tokens = redeem(http, made).json
    at_acme = {
        "id": acme,
        "slug": "acme",
        "name": "Acme",
        "roles": ["admin", "billing"],
    }
    at_bureau = {"id": other, "slug": "bureau", "name": "Bureau", "roles": ["owner"]}
    assert told(http, tokens, "organizations") == [[at_acme, at_bureau]] * 3
    assert told(http, tokens, "org_id") == [None] * 3


def test_the_personal_organization_is_not_among_them(http, make, app_of_ours, ada):
    made = make.tokens.code(
        app_of_ours, person=signed_in(make, ada), scope="openid organizations"
    )
    assert told(http, redeem(http, made).json, "organizations") == [[]] * 3


def test_without_the_scope_nothing_is_said(http, make, app_of_ours, ada, acme):
    made = make.tokens.code(app_of_ours, person=signed_in(make, ada), scope="openid")
    tokens = redeem(http, made).json
    for name in ("organizations", "org_id", "org_roles"):
        assert told(http, tokens, name) == [None] * 3


def test_in_context_tokens_say_where_and_with_which_roles(
    http, make, app_of_ours, ada, acme
):
    place = place_of(make, ada, acme)
    made = make.tokens.code(
        app_of_ours, person=signed_in(make, ada), scope=SCOPE, organization=place
    )
    tokens = redeem(http, made).json
    assert told(http, tokens, "org_id") == [acme] * 3
    assert told(http, tokens, "org_roles") == [["admin", "billing"]] * 3
    set_roles(make, acme, ada, "member")
    fresh = refresh(http, app_of_ours, tokens["refresh_token"]).json
    assert told(http, fresh, "org_id") == [acme] * 3
    assert told(http, fresh, "org_roles") == [["member"]] * 3


def test_introspection_tells_them_to_who_asks(http, make, ada, acme):
    web = make.clients.spa(scope="openid organizations")
    machine = make.clients.machine_client(owned_resources=["https://idp.example"])
    made = make.tokens.code(
        web,
        person=signed_in(make, ada),
        scope="openid organizations",
        organization=place_of(make, ada, acme),
    )
    answer = introspect(http, machine, redeem(http, made).json["access_token"]).json
    assert (answer["org_id"], answer["org_roles"]) == (acme, ["admin", "billing"])
    assert [each["slug"] for each in answer["organizations"]] == ["acme"]


def test_one_claim_can_be_asked_for_in_the_id_token(http, make, app_of_ours, ada, acme):
    wanted = {"id_token": {"organizations": None}}
    made = make.tokens.code(
        app_of_ours, person=signed_in(make, ada), scope="openid", claims=wanted
    )
    tokens = redeem(http, made).json
    assert [each["id"] for each in claims_of(http, tokens["id_token"])["organizations"]]
    assert "organizations" not in claims_of(http, tokens["access_token"])


def test_more_than_a_token_holds_is_told_by_userinfo_alone(
    http, make, app_of_ours, ada
):
    for number in range(40):
        make.organizations.organization(ada, name=f"{number:02} {'x' * 60}")
    made = make.tokens.code(
        app_of_ours, person=signed_in(make, ada), scope="openid organizations"
    )
    in_id, in_access, by_userinfo = told(http, redeem(http, made).json, "organizations")
    assert (in_id, in_access, len(by_userinfo)) == (None, None, 40)


def test_the_user_is_asked_and_sees_the_names(http, make, ada, acme):
    make.browsers.sign_in(http, person=ada)
    rp = RelyingParty(
        http,
        make.clients.spa(scope="openid organizations"),
        scope="openid organizations",
    )
    page = rp.reach()
    text = read_page(page).text
    assert "See your organizations and your roles there" in text
    assert "Acme" in text
    (told_of,) = rp.finish(rp.allow(page)).claims["organizations"]
    assert told_of["id"] == acme


def test_roles_at_this_server_are_in_no_token_of_an_app(http, make, app_of_ours, acme):
    root = make.users.account(roles=["owner", "auditor"])
    make.organizations.add(acme, root)
    made = make.tokens.code(
        app_of_ours,
        person=signed_in(make, root),
        scope=f"{SCOPE} email",
        organization=place_of(make, root, acme),
    )
    tokens = redeem(http, made).json
    told_of = [claims_of(http, tokens[key]) for key in ("id_token", "access_token")]
    told_of.append(userinfo(http, tokens["access_token"]).json)
    for claims in told_of:
        assert "roles" not in claims
        assert claims["org_roles"] == ["member"]
        assert "auditor" not in str(claims)
        assert "owner" not in str(claims)


def test_discovery_names_them(http):
    document = http.get("/.well-known/openid-configuration").json
    assert "organizations" in document["scopes_supported"]
    named = {"organizations", "org_id", "org_roles"}
    assert named <= set(document["claims_supported"])
