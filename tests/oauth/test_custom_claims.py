"""Attributes as claims, and scopes of operators: who is told what, and where."""

import pytest

from idp.accounts.models import User
from idp.accounts.profile.attributes.definitions import InvalidAttribute
from idp.pages.authorization.scope_words import scope_items, title_of
from tests.hosted_pages import read_page
from tests.oauth.calls import claims_of, client_credentials, redeem, userinfo
from tests.oauth.organizations.contexts import signed_in
from tests.rp import RelyingParty

AS_PAGE = {"Accept": "text/html"}
TWO = {"userinfo": {"team": None}, "id_token": {"team": None}}


@pytest.fixture
def ada(make):
    """A user with attributes; apps are told of two, by a scope of operators."""
    made = make.users.account("ada@example.com", name="Ada")
    make.attributes.define("department", claim="department", scope="profile")
    make.attributes.define("desks", "number", claim="https://example.com/desks")
    make.attributes.define("team", claim="team")
    make.attributes.define("secret")
    claims = ("https://example.com/desks", "team", "email")
    make.attributes.scope("hr", *claims, en="See where you work", de="Arbeitsplatz")
    values = {"department": "Engines", "desks": 2, "team": "A", "secret": "x"}
    make.attributes.give(made.id, **values)
    return made


@pytest.fixture
def client(make):
    return make.clients.own_app(scope="openid profile hr")


def told(http, make, client, ada, scope: str, **more) -> dict:
    made = make.tokens.code(client, person=signed_in(make, ada), scope=scope, **more)
    tokens = redeem(http, made).json
    answer = userinfo(http, tokens["access_token"]).json
    return answer | {"id_token": claims_of(http, tokens["id_token"])}


def test_a_scope_of_operators_opens_its_claims_at_userinfo(http, make, client, ada):
    answer = told(http, make, client, ada, "openid hr")
    signed = answer.pop("id_token")
    assert answer == {
        "sub": ada.id,
        "https://example.com/desks": 2,
        "team": "A",
        "email": ada.email,
    }
    assert not signed.keys() & {"team", "email", "department"}


def test_a_built_in_scope_opens_an_attribute_that_names_it(http, make, client, ada):
    answer = told(http, make, client, ada, "openid profile")
    assert answer["department"] == "Engines"
    assert not answer.keys() & {"team", "secret", "https://example.com/desks"}


def test_the_claims_parameter_tells_one_in_the_id_token(http, make, client, ada):
    answer = told(http, make, client, ada, "openid", claims=TWO)
    assert (answer["team"], answer["id_token"]["team"]) == ("A", "A")
    assert "https://example.com/desks" not in answer


@pytest.fixture
def token(http, make, client, ada) -> str:
    made = make.tokens.code(client, person=signed_in(make, ada), scope="openid hr")
    return redeem(http, made).json["access_token"]


def test_userinfo_costs_a_select_with_attributes_too(http, token, statements, clock):
    assert userinfo(http, token).json["team"] == "A"
    clock.tick(seconds=29)
    with statements() as seen:
        assert userinfo(http, token).json["team"] == "A"
    assert seen == ["SELECT"]


def test_what_has_no_value_or_is_deleted_is_left_out(http, make, client, ada):
    make.attributes.give(ada.id, team=None)
    make.attributes.delete("desks")
    answer = told(http, make, client, ada, "openid hr")
    assert answer.keys() == {"sub", "email", "id_token"}


def test_no_attribute_is_told_as_what_tokens_or_apps_hear_already(http, make):
    ada = make.users.account("ada@example.com", name="Ada")
    scope = "openid profile email organizations groups"
    client = make.clients.own_app(scope=scope)
    made = make.tokens.code(client, person=signed_in(make, ada), scope=scope)
    tokens = redeem(http, made).json
    said = {
        *claims_of(http, tokens["access_token"]),
        *claims_of(http, tokens["id_token"]),
    }
    said |= userinfo(http, tokens["access_token"]).json.keys()
    said |= {*http.get("/.well-known/openid-configuration").json["claims_supported"]}
    for claim in sorted(said):
        with pytest.raises(InvalidAttribute):
            make.attributes.define("team", claim=claim)


def test_discovery_tells_of_scopes_and_claims_at_once(http, make):
    path = "/.well-known/openid-configuration"
    assert "hr" not in http.get(path).json["scopes_supported"]
    make.attributes.define("team", claim="team")
    make.attributes.scope("hr", "team")
    found = http.get(path).json
    assert "hr" in found["scopes_supported"]
    assert "team" in found["claims_supported"]


@pytest.mark.usefixtures("ada")
def test_a_user_is_asked_in_words_of_the_scope(app):
    with app.test_request_context(headers={"Accept-Language": "de"}):
        assert title_of("hr") == "Arbeitsplatz"
    with app.test_request_context():
        [item] = scope_items(
            "hr",
            apis=(),
            user=User(),
            known=frozenset(),
            declined=frozenset(),
            optional=frozenset(),
        )
        assert (item.title, item.detail) == ("See where you work", "desks, team")


@pytest.mark.usefixtures("ada")
def test_people_are_asked_and_told_in_words_of_the_scope_and_their_language(http, make):
    make.browsers.sign_in(http)
    rp = RelyingParty(http, make.clients.spa(scope="openid hr"), scope="openid hr")
    http.set_cookie("idp-lang", "de", domain="idp.example", secure=True)
    asked = rp.reach()
    assert "Arbeitsplatz" in read_page(asked).text
    rp.allow(asked)
    assert "Arbeitsplatz" in read_page(http.get("/account/apps", headers=AS_PAGE)).text
    http.set_cookie("idp-lang", "en", domain="idp.example", secure=True)
    assert (
        "See where you work"
        in read_page(http.get("/account/apps", headers=AS_PAGE)).text
    )


def test_a_machine_gets_no_scope_about_users(http, make, ada):
    machine = make.clients.machine_client(scope="hr read")
    assert client_credentials(http, machine).json["scope"] == "read"
