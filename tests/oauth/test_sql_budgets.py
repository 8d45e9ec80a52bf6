"""How many statements hot requests cost, caches warm (architecture.md §5)."""

from tests.oauth.assertions import (
    ask_for_token,
    claims_for,
    new_key,
    signed,
    signing_client,
)
from tests.oauth.calls import (
    claims_of,
    client_credentials,
    introspect,
    redeem,
    redeem_with_secret,
    refresh,
    userinfo,
)
from tests.oauth.organizations.contexts import place_of, signed_in
from tests.rp import RelyingParty


def test_client_credentials_cost_no_statement(http, make, statements, clock):
    machine = make.clients.machine_client()
    client_credentials(http, machine)
    clock.tick(seconds=29)
    with statements() as seen:
        assert client_credentials(http, machine).status_code == 200
    assert seen == []


def test_a_refresh_costs_a_select_an_update_and_a_commit(http, make, statements):
    spa = make.clients.spa()
    token = refresh(http, spa, make.tokens.refresh_token(spa)).json["refresh_token"]
    with statements() as seen:
        assert refresh(http, spa, token).status_code == 200
    assert seen == ["SELECT", "UPDATE", "COMMIT"]


def test_a_replay_within_the_grace_costs_a_select(http, make, statements):
    spa = make.clients.spa()
    token = make.tokens.refresh_token(spa)
    refresh(http, spa, token)
    with statements() as seen:
        assert refresh(http, spa, token).status_code == 200
    assert seen == ["SELECT", "COMMIT"]


def test_a_code_costs_an_update_a_select_an_insert_and_a_commit(http, make, statements):
    spa = make.clients.spa()
    redeem(http, make.tokens.code(spa))
    made = make.tokens.code(spa)
    with statements() as seen:
        assert redeem(http, made).status_code == 200
    assert seen == ["UPDATE", "SELECT", "INSERT", "COMMIT"]


def test_userinfo_costs_a_select(http, make, statements, clock):
    spa = make.clients.spa()
    token = redeem(http, make.tokens.code(spa)).json["access_token"]
    userinfo(http, token)
    clock.tick(seconds=29)
    with statements() as seen:
        assert userinfo(http, token).status_code == 200
    assert seen == ["SELECT"]


def test_introspection_costs_a_select_for_each_kind_of_token(
    http, make, statements, clock
):
    web, machine = make.clients.web_client(), make.clients.machine_client()
    issued = redeem_with_secret(http, make.tokens.code(web)).json
    own = client_credentials(http, machine).json["access_token"]
    introspect(http, machine, own)
    clock.tick(seconds=29)
    for client, token in (
        (web, issued["access_token"]),
        (web, issued["refresh_token"]),
        (machine, own),
    ):
        with statements() as seen:
            assert introspect(http, client, token).json["active"] is True
        assert seen == ["SELECT"]


def test_what_is_no_token_costs_introspection_no_statement(http, make, statements):
    machine = make.clients.machine_client()
    client_credentials(http, machine)
    with statements() as seen:
        assert introspect(http, machine, "nothing").json == {"active": False}
    assert seen == []


def test_a_signed_assertion_costs_an_insert(http, make, statements):
    key = new_key()
    client = signing_client(make, key)
    ask_for_token(http, signed(claims_for(client.client_id), key))
    with statements() as seen:
        ask_for_token(http, signed(claims_for(client.client_id), key))
    assert seen == ["INSERT", "COMMIT"]


def test_documents_cost_no_statement(http, make, statements):
    make.clients.spa()
    http.get("/.well-known/jwks.json")
    http.get("/.well-known/openid-configuration")
    with statements() as seen:
        http.get("/.well-known/jwks.json")
        http.get("/.well-known/openid-configuration")
    assert seen == []


def test_a_foreign_origin_costs_known_clients_no_statement(http, make, statements):
    machine = make.clients.machine_client()
    client_credentials(http, machine)
    headers = machine.basic | {"Origin": "https://app.example"}
    with statements() as seen:
        form = {"grant_type": "client_credentials"}
        http.post("/oauth2/token", data=form, headers=headers)
    assert seen == []


def test_a_restricted_client_costs_a_refresh_one_select_more(http, make, statements):
    ada = make.users.signed_in_person()
    spa = make.clients.spa(access={"users": [ada[0]]})
    first = make.tokens.refresh_token(spa, person=ada)
    token = refresh(http, spa, first).json["refresh_token"]
    with statements() as seen:
        assert refresh(http, spa, token).status_code == 200
    assert seen == ["SELECT", "SELECT", "UPDATE", "COMMIT"]


def test_groups_and_roles_cost_a_select_each(http, make, statements):
    ada = make.users.signed_in_person()
    spa = make.clients.spa(scope="openid groups", app_roles=["editor"])
    scope = "openid groups"
    first = make.tokens.refresh_token(spa, person=ada, scope=scope)
    token = refresh(http, spa, first).json["refresh_token"]
    with statements() as seen:
        answer = refresh(http, spa, token)
    assert seen == ["SELECT", "UPDATE", "SELECT", "SELECT", "COMMIT"]
    userinfo(http, answer.json["access_token"])
    with statements() as seen:
        userinfo(http, answer.json["access_token"])
    assert seen == ["SELECT", "SELECT", "SELECT", "COMMIT"]


def test_an_authorization_asks_who_may_use_a_client_only_if_it_is_restricted(
    http, make, statements
):
    ada = make.browsers.sign_in(http)
    seen_at = {}
    for name, access in (("open", "everyone"), ("some", {"users": [ada.user_id]})):
        client = make.clients.own_app(scope="openid", access=access)
        rp = RelyingParty(http, client)
        rp.ask(prompt="none")
        with statements() as seen:
            assert "code" in rp.fields_of(rp.ask(prompt="none"))
        seen_at[name] = list(seen)
    assert seen_at["some"].count("SELECT") == seen_at["open"].count("SELECT") + 1
    assert len(seen_at["some"]) == len(seen_at["open"]) + 1


def test_levels_that_are_asked_for_cost_an_authorization_nothing(
    http, make, statements
):
    make.browsers.sign_in(http)
    rp = RelyingParty(http, make.clients.own_app(scope="openid"))
    costs = []
    for asked in ({}, {}, {"acr_values": "phr aal2"}):
        with statements() as seen:
            assert "code" in rp.fields_of(rp.ask(prompt="none", **asked))
        costs.append(list(seen))
    assert costs[2] == costs[1]


def test_the_context_of_an_organization_costs_no_statement(http, make, statements):
    ada = make.users.account()
    acme = make.organizations.organization(ada)
    spa = make.clients.spa()
    place, person = place_of(make, ada, acme), signed_in(make, ada)
    first = make.tokens.refresh_token(spa, person=person, organization=place)
    token = refresh(http, spa, first).json["refresh_token"]
    with statements() as seen:
        answer = refresh(http, spa, token)
    assert seen == ["SELECT", "UPDATE", "COMMIT"]
    assert claims_of(http, answer.json["access_token"])["org_id"] == acme
    userinfo(http, answer.json["access_token"])
    with statements() as seen:
        userinfo(http, answer.json["access_token"])
    assert seen == ["SELECT"]


def test_organizations_cost_a_select(http, make, statements):
    ada = make.users.account()
    make.organizations.organization(ada)
    scope = "openid organizations"
    spa, person = make.clients.spa(scope=scope), signed_in(make, ada)
    first = make.tokens.refresh_token(spa, person=person, scope=scope)
    token = refresh(http, spa, first).json["refresh_token"]
    with statements() as seen:
        refresh(http, spa, token)
    assert seen == ["SELECT", "UPDATE", "SELECT", "COMMIT"]
